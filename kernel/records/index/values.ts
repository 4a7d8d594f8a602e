/** What a resource's strings, dates, numbers and quantities become in the tables of values. */
import { foldText, type IndexValues } from '@xinglin/fhir/search'
import { hash32 } from '../hot/hash.ts'
import { compositeValuesOf } from './composites.ts'
import { pinyinOf } from './pinyin.ts'
import { isStored } from './sources.ts'
import { type Space, slotOf } from './space.ts'

export type StringRow = { readonly key: string; readonly slot: number; readonly text: string }
export type DateRow = {
  readonly key: string
  readonly slot: number
  readonly low: number
  readonly high: number
}
export type QuantityRow = {
  readonly key: string
  readonly slot: number
  readonly low: number | string
  readonly high: number | string
  readonly coded?: number
  readonly code?: number
  readonly unit?: number
}
export type ValueRows = {
  readonly strings: readonly StringRow[]
  readonly dates: readonly DateRow[]
  readonly quantities: readonly QuantityRow[]
}

/** Longer texts are compared by their beginning: a btree entry has 2.7 kB at most, and nobody types more. */
export const mostCharactersCompared = 200

/** Rows of one resource under its key. */
export function valueRowsOf(space: Space, key: string, values: IndexValues): ValueRows {
  const isKept = ({ parameter }: { parameter: string }) =>
    parameter !== '_lastUpdated' && isStored(space.type, parameter)
  const beside = compositeValuesOf(space, values)
  return {
    strings: stringRows(space, key, [...values.strings.filter(isKept), ...beside.strings]),
    dates: [...values.dates.filter(isKept), ...beside.dates].map(({ parameter, lowMs, highMs }) => ({
      key,
      slot: slotOf(space, parameter),
      low: lowMs,
      high: highMs,
    })),
    quantities: [
      ...[...values.numbers.filter(isKept), ...beside.numbers].map((number) => rangeRow(space, key, number)),
      ...[...values.quantities.filter(isKept), ...beside.quantities].map((quantity) => ({
        ...rangeRow(space, key, quantity),
        ...unitsOf(quantity),
      })),
    ],
  }
}

/** The form in which a text is stored and asked for. */
export function comparedText(text: string): string {
  return foldText(text).slice(0, mostCharactersCompared).replaceAll('\0', '')
}

function stringRows(space: Space, key: string, strings: IndexValues['strings']): readonly StringRow[] {
  const rows = new Map<string, StringRow>()
  const add = (slot: number, text: string) => {
    if (text !== '') rows.set(`${slot} ${text}`, { key, slot, text })
  }
  for (const { parameter, text } of strings) {
    const slot = slotOf(space, parameter)
    add(slot, comparedText(text))
    for (const spelling of pinyinOf(text)) add(slot, spelling)
  }
  return [...rows.values()]
}

type Range = { readonly parameter: string; readonly low: number; readonly high: number }

function rangeRow(space: Space, key: string, { parameter, low, high }: Range): QuantityRow {
  return { key, slot: slotOf(space, parameter), low: finite(low), high: finite(high) }
}

/** JSON has no infinity; PostgreSQL reads the word. */
function finite(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}

type Units = {
  readonly system: string | undefined
  readonly code: string | undefined
  readonly unit: string | undefined
}

/** A unit as compared: with system and code, by code alone, and as written. */
export function unitsOf({ system, code, unit }: Units): Pick<QuantityRow, 'coded' | 'code' | 'unit'> {
  return {
    ...(system === undefined || code === undefined ? {} : { coded: hash32(`${system}\n${code}`) }),
    ...(code === undefined ? {} : { code: hash32(code) }),
    ...(unit === undefined ? {} : { unit: hash32(unit) }),
  }
}
