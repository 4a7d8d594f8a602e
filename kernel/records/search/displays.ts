/**
 * FHIR R4 §3.1.1.4.4 `:text`: the words are looked for in the dictionary of displays first, and the search becomes one for
 * any of the displays that have them all. Cost grows with the displays that have the words, and with the answer.
 */
import type { Queryable } from '@xinglin/database'
import { tooCostly } from '@xinglin/fhir'
import type { ParameterQuery } from '@xinglin/fhir/search'
import { displaysWith } from '../index/displays.ts'
import type { Space } from '../index/space.ts'
import { displayOf } from '../index/texts.ts'
import { isAnywhere, withReplaced } from './within.ts'

/** Displays that one question may stand for: each is a look into the index of terms (some 10 µs). */
export const mostDisplays = 5_000

/** The conditions with the words of every `:text` replaced by the displays that have them. */
export async function withDisplays(
  conditions: readonly ParameterQuery[],
  from: Queryable,
  space: Space,
): Promise<readonly ParameterQuery[]> {
  if (!conditions.some((query) => isAnywhere(query, asksText))) return conditions
  return Promise.all(
    conditions.map((query) =>
      withReplaced(query, (leaf) => (isText(leaf) ? found(leaf, from, space) : leave(leaf))),
    ),
  )
}

type TextQuery = Extract<ParameterQuery, { kind: 'token' }>

function isText(query: ParameterQuery): query is TextQuery {
  return query.kind === 'token' && query.modifier === 'text'
}

/** Whether a parameter asks for what is written beside a code or reference. */
export function asksText(query: ParameterQuery): boolean {
  return isText(query)
}

async function leave(leaf: ParameterQuery): Promise<ParameterQuery> {
  return leaf
}

async function found(query: TextQuery, from: Queryable, { tenant }: Space): Promise<ParameterQuery> {
  const displays = await Promise.all(
    query.values.map(({ code = '' }) =>
      displaysWith(from, tenant, { words: displayOf(code).split(' '), most: mostDisplays + 1 }),
    ),
  )
  const all = [...new Set(displays.flat())]
  if (all.length > mostDisplays)
    throw tooCostly(
      `more than ${mostDisplays} displays have the words of ${query.parameter}:text; ask for more of them`,
      {
        code: 'records.text-too-common',
        at: `${query.parameter}:text`,
      },
    )
  return { ...query, values: all.map((code) => ({ system: undefined, code })) }
}
