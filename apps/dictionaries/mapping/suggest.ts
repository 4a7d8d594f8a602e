/** What an entry may be in a terminology: its concepts that answer the entry's names, the same name first. */
import type { Kernel } from '@xinglin/app'
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Concept } from '@xinglin/terminology'
import type { EntryText, Suggestion } from '../contract.ts'
import type { Which } from '../queries/rows.ts'

const mostSuggestions = 12
/** Each is a question of some milliseconds to the terminology; the next page goes on. */
const lookedAtOnce = 200

export type Asked = { readonly tenant: TenantId; readonly target: string; readonly text: EntryText }

/** `words`: what was typed, where the entry's own names find nothing good. */
export async function suggestionsFor(
  { terminology }: Kernel,
  { tenant, target, text, words }: Asked & { readonly words?: string | undefined },
): Promise<readonly Suggestion[]> {
  const names = words === undefined ? namesOf(text) : [words]
  const found = new Map<string, Concept>()
  for (const name of names) {
    const question = { among: 'all', text: name, offset: 0, count: mostSuggestions } as const
    const { concepts } = await terminology.browse(tenant, { url: target }, question)
    for (const concept of concepts)
      if (!concept.isInactive && !concept.isAbstract) found.set(concept.code, concept)
  }
  const own = new Set(namesOf(text).map(plain))
  return [...found.values()]
    .map((concept) => suggestionOf(concept, own))
    .toSorted((a, b) => Number(b.isSame) - Number(a.isSame))
    .slice(0, mostSuggestions)
}

export type Named = {
  readonly code: string
  readonly targetCode: string
  readonly targetDisplay: string
  readonly equivalence: 'equivalent'
}

/** Entries without a mapping, from `after` on, whose name exactly one concept of the target bears. */
export async function sameNames(
  kernel: Kernel,
  { tenant, dictionary, target, after }: Which & { readonly target: string; readonly after: string },
): Promise<{ readonly looked: number; readonly named: readonly Named[]; readonly next?: string }> {
  const rows = await unmapped(kernel.database, { tenant, dictionary, target, after })
  const named: Named[] = []
  for (const { code, text } of rows) {
    const same = (await suggestionsFor(kernel, { tenant, target, text })).filter(({ isSame }) => isSame)
    const [only] = same
    if (only && same.length === 1)
      named.push({ code, targetCode: only.code, targetDisplay: only.display, equivalence: 'equivalent' })
  }
  const last = rows.at(-1)
  return { looked: rows.length, named, ...(rows.length === lookedAtOnce && last ? { next: last.code } : {}) }
}

function unmapped(
  from: Queryable,
  { tenant, dictionary, target, after }: Which & { readonly target: string; readonly after: string },
): Promise<readonly { readonly code: string; readonly text: EntryText }[]> {
  return from.query(sql<{ code: string; text: EntryText }>`
    select code, draft as text from dictionaries.entry
    where tenant = ${tenant} and dictionary = ${dictionary} and code > ${after} and draft->'isActive' = 'true'
      and not exists (
        select 1 from dictionaries.mapping
        where mapping.tenant = entry.tenant and mapping.dictionary = entry.dictionary
          and mapping.target = ${target} and mapping.code = entry.code
      )
    order by code limit ${lookedAtOnce}`)
}

function suggestionOf({ code, display, designations }: Concept, own: ReadonlySet<string>): Suggestion {
  const names = [display, ...designations.map(({ value }) => value)].filter((name) => name !== undefined)
  const english = designations.find(({ language }) => language?.startsWith('en'))?.value
  return {
    code,
    display: display ?? code,
    ...(english === undefined ? {} : { english }),
    isSame: names.some((name) => own.has(plain(name))),
  }
}

function namesOf({ display, english }: EntryText): readonly string[] {
  return english === undefined ? [display] : [display, english]
}

/** Full width as half width, without spaces and case. */
function plain(name: string): string {
  return name.normalize('NFKC').replace(/\s+/g, '').toLowerCase()
}
