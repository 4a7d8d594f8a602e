/** FHIR R4 §3.1.1.5.2 _sort of resources as they stood, in the very order of `search/sort.ts`. */
import { epochMs } from '@xinglin/fhir'
import type { ReferenceValue } from '@xinglin/fhir/search'
import { pinyinOf } from '../index/pinyin.ts'
import { comparedText } from '../index/values.ts'
import { isMainMoment } from '../search/main-moment.ts'
import type { SortKey } from '../search/request.ts'
import { cannotSort, mostCharactersSorted } from '../search/sort.ts'
import type { PastResource } from './past-versions.ts'

type Value = string | number | bigint
/** What a resource is placed by; resources without a value come last either way. */
type Placed = { readonly resource: PastResource; readonly values: readonly Value[] }

/** In the order asked, then newest first. */
export function inOrder(
  resources: readonly PastResource[],
  keys: readonly SortKey[],
  type: string,
): readonly PastResource[] {
  const valuesBy = keys.map((key) => valueBy(key, type))
  const placed = resources.map((resource) => ({ resource, values: valuesBy.map((value) => value(resource)) }))
  const descending = keys.map(({ isDescending }) => isDescending)
  const isNewestFirst = keys.at(-1)?.isDescending ?? true
  const compare = (left: Placed, right: Placed): number => {
    for (const [index, value] of left.values.entries()) {
      const order = compareValues(value, right.values[index] ?? value)
      if (order !== 0) return descending[index] ? -order : order
    }
    const order = compareValues(left.resource.key, right.resource.key)
    return isNewestFirst ? -order : order
  }
  return placed.sort(compare).map(({ resource }) => resource)
}

/** PostgreSQL compares texts under collation "C" by their bytes. */
function compareValues(left: Value, right: Value): number {
  if (typeof left === 'string' && typeof right === 'string')
    return Buffer.compare(Buffer.from(left), Buffer.from(right))
  return left < right ? -1 : left > right ? 1 : 0
}

function valueBy(
  { parameter, isDescending, definition }: SortKey,
  type: string,
): (resource: PastResource) => Value {
  if (parameter === '_id') return ({ version }) => version.id
  if (parameter === '_lastUpdated') return ({ version }) => epochMs(version.updated)
  if (isMainMoment(type, parameter)) return ({ values }) => values.clinicalMs ?? Number.NEGATIVE_INFINITY
  const mine = <T extends { readonly parameter: string }>(all: readonly T[]) =>
    all.filter((value) => value.parameter === parameter)
  switch (definition.kind) {
    case 'string':
      return ({ values }) => extremeText(mine(values.strings).flatMap(spellings), isDescending)
    case 'date':
      return ({ values }) =>
        extreme(
          mine(values.dates).map(({ lowMs }) => lowMs),
          isDescending,
        )
    case 'number':
      return ({ values }) =>
        extreme(
          mine(values.numbers).map(({ low }) => low),
          isDescending,
        )
    case 'quantity':
      return ({ values }) =>
        extreme(
          mine(values.quantities).map(({ low }) => low),
          isDescending,
        )
    case 'token':
      return ({ values }) =>
        extremeText(
          mine(values.tokens).flatMap(({ code }) => code ?? []),
          isDescending,
        )
    case 'reference':
      return ({ values }) => extremeText(mine(values.references).flatMap(written), isDescending)
    case 'uri':
      return ({ values }) =>
        extremeText(
          mine(values.uris).map(({ uri }) => uri),
          isDescending,
        )
    default:
      throw cannotSort(parameter)
  }
}

/** A reference as it stands in the resource. */
function written({ type, id, url, version }: ReferenceValue): readonly string[] {
  if (url !== undefined) return [version === undefined ? url : `${url}|${version}`]
  if (type === undefined || id === undefined) return []
  return [version === undefined ? `${type}/${id}` : `${type}/${id}/_history/${version}`]
}

function spellings({ text }: { readonly text: string }): readonly string[] {
  return [comparedText(text), ...pinyinOf(text)].filter((spelling) => spelling !== '')
}

function extreme(values: readonly number[], isDescending: boolean): number {
  return isDescending ? Math.max(...values) : Math.min(...values)
}

function extremeText(texts: readonly string[], isDescending: boolean): string {
  const sorted = texts.map(beginning).toSorted(compareValues)
  return (isDescending ? sorted.at(-1) : sorted[0]) ?? (isDescending ? '' : '\u{10FFFF}')
}

/** By characters, as PostgreSQL counts them. */
function beginning(text: string): string {
  return text.length <= mostCharactersSorted ? text : [...text].slice(0, mostCharactersSorted).join('')
}
