/**
 * FHIR R4 §3.1.1.4.3 `_text` and `_content`: each resource that the other parameters lead to is read. An index of all words
 * would cost every write more than its resource does; so a search by words alone is answered for small types only, and
 * within a chart, a code or a list of ids however large the record is.
 */
import { type Queryable, type Sql, sql } from '@xinglin/database'
import { tooCostly } from '@xinglin/fhir'
import { foldText, type ParameterQuery, type WordsQuery } from '@xinglin/fhir/search'
import { inSpace, type Subject } from './conditions.ts'
import { isAnywhere } from './within.ts'

/** Resources that are read for their words where nothing else leads to the matches: some 0.1 ms each. */
export const mostRead = 5_000

type Words = Extract<ParameterQuery, { kind: 'words' }>

/** The condition on the text of a row. */
export function wordsCondition({ of, words }: Words, alias: Sql): Sql {
  const text =
    of === 'narrative' ? sql`records.narrative(${alias}.content)` : sql`records.all_text(${alias}.content)`
  // One row, so that the text is made once however many words are asked.
  return sql`exists (select from (select ${text} as said offset 0) as spoken where ${wordsIn(words)})`
}

function wordsIn(words: WordsQuery): Sql {
  switch (words.kind) {
    case 'word':
      return sql`spoken.said like ${`%${words.text.replace(/[\\%_]/g, '\\$&')}%`}`
    case 'all':
      return sql`(${sql.join(words.parts.map(wordsIn), sql` and `)})`
    case 'any':
      return sql`(${sql.join(words.parts.map(wordsIn), sql` or `)})`
  }
}

/** Whether words are asked for. */
export function asksWords(query: ParameterQuery): boolean {
  return isAnywhere(query, ({ kind }) => kind === 'words')
}

/** Throws `tooCostly` where all of a large type would be read. */
export async function refuseReadingAll(from: Queryable, subject: Subject): Promise<void> {
  const [row] = await from.query(sql<{ found: number }>`
    select count(*)::integer as found
    from (select from records.current as ${subject.alias} where ${inSpace(subject)} limit ${mostRead + 1}) as counted`)
  if (row && row.found <= mostRead) return
  throw tooCostly(
    `words are looked for in at most ${mostRead} resources at once; name a patient, a code or another parameter beside them`,
    { code: 'records.words-alone', at: '_content' },
  )
}

/** The meaning of the question, for a text as it is written. */
export function hasWords(words: WordsQuery, text: string): boolean {
  switch (words.kind) {
    case 'word':
      return foldText(text).includes(words.text)
    case 'all':
      return words.parts.every((part) => hasWords(part, text))
    case 'any':
      return words.parts.some((part) => hasWords(part, text))
  }
}
