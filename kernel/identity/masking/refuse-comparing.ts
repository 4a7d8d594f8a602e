/**
 * Searching by what is shown masked would tell it letter by letter: such parameters are refused wherever they stand, in
 * chains, `_has`, `_filter` and `_sort` too, and where it cannot be told whose name they mean.
 */
import { forbidden } from '@xinglin/fhir'
import { parameterOf } from '@xinglin/fhir/search'
import type { Query } from '@xinglin/records'
import { isPersonType } from './mask-resource.ts'
import type { MaskedField } from './masking.ts'
import { isIdentityNumber } from './words.ts'

const comparing: Readonly<Record<Exclude<MaskedField, 'identity-number'>, readonly string[]>> = {
  name: ['name', 'family', 'given', 'phonetic', '_text', '_content'],
  phone: ['phone', 'email', 'telecom'],
  address: [
    'address',
    'address-city',
    'address-country',
    'address-postalcode',
    'address-state',
    'address-use',
  ],
}
/** Of an address these are shown. */
const shownOfAddress: ReadonlySet<string> = new Set([
  'address-city',
  'address-state',
  'address-country',
  'address-use',
])
/** Paging, form of the answer and what narrows by what is not masked. */
const harmless: ReadonlySet<string> = new Set(
  '_id _lastUpdated _tag _profile _security _source _count _include _revinclude _summary _elements _total _format _contained _containedType _type _since _page _asOf _pretty _has _sort _filter _list'.split(
    ' ',
  ),
)

/** Throws `forbidden` (`consent.masked-search`) naming the parameter. */
export function refuseComparing(type: string, query: Query, fields: ReadonlySet<MaskedField>): void {
  if (fields.size === 0) return
  for (const [name, value] of query) {
    if (compares(type, { name, value }, fields))
      throw forbidden(
        `your roles see what ${name.slice(0, 60)} compares masked, so it cannot be searched or sorted by`,
        {
          code: 'consent.masked-search',
          at: name,
        },
      )
  }
}

function compares(
  type: string,
  { name, value }: { readonly name: string; readonly value: string },
  fields: ReadonlySet<MaskedField>,
): boolean {
  if (fields.has('identity-number') && value.split(',').some((each) => isIdentityNumber(lastPart(each))))
    return true
  if (name === '_sort') return value.split(',').some((key) => isCompared(type, key.replace(/^-/, ''), fields))
  if (name === '_filter') return (value.match(/[A-Za-z][\w-]*/g) ?? []).some((word) => isNamed(word, fields))
  if (name.startsWith('_has:')) return isNamed(name.split(':').at(-1) ?? '', fields)
  const links = name.split('.')
  const [last = '', modifier] = (links.at(-1) ?? '').split(':')
  if (modifier === 'text' && fields.has('name')) return true
  if (links.length === 1) return isCompared(type, last, fields)
  const before = links.at(-2) ?? ''
  const [, target] = before.split(':')
  return isNamed(last, fields) && (target === undefined || isPersonType(target))
}

/** Of a type itself: by R4's parameters, and by an institution's own, which may compare anything. */
function isCompared(type: string, parameter: string, fields: ReadonlySet<MaskedField>): boolean {
  if (parameter === '_text' || parameter === '_content') return fields.has('name')
  if (!isPersonType(type) || harmless.has(parameter)) return false
  return isNamed(parameter, fields) || parameterOf(type, parameter) === undefined
}

function isNamed(parameter: string, fields: ReadonlySet<MaskedField>): boolean {
  return Object.entries(comparing).some(
    ([field, names]) =>
      isField(field) && fields.has(field) && names.includes(parameter) && !shownOfAddress.has(parameter),
  )
}

function isField(text: string): text is MaskedField {
  return text === 'name' || text === 'phone' || text === 'address'
}

/** The value of a token: after its system. */
function lastPart(value: string): string {
  return value.slice(value.lastIndexOf('|') + 1)
}
