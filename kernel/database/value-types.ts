/**
 * How PostgreSQL's values become JavaScript's. Nothing loses precision and nothing becomes a Date (style rule 24):
 *   int8                → number where it is exact (to 2^53-1), else its decimal text
 *   numeric             → decimal text
 *   date                → 'YYYY-MM-DD'
 *   timestamptz         → FHIR instant in UTC with microseconds, '2026-11-22T09:12:34.123456+00:00'
 *   timestamp           → the same without offset
 *   interval            → PostgreSQL's text, '1 day 02:03:04'
 *   json, jsonb, bytea  → parsed value, Buffer
 * and the same inside arrays.
 */
import pg from 'pg'

const { types } = pg
type Parse = (text: string) => unknown

const scalars: readonly { readonly oid: number; readonly arrayOid: number; readonly parse: Parse }[] = [
  { oid: 20, arrayOid: 1016, parse: int8 },
  { oid: 1700, arrayOid: 1231, parse: asText },
  { oid: 1082, arrayOid: 1182, parse: asText },
  { oid: 1114, arrayOid: 1115, parse: timestamp },
  { oid: 1184, arrayOid: 1185, parse: timestamp },
  { oid: 1186, arrayOid: 1187, parse: asText },
]

const textArrayOid: number = 1009
const parseTextArray: Parse = types.getTypeParser(textArrayOid)

const parsers = new Map<number, Parse>(
  scalars.flatMap(({ oid, arrayOid, parse }) => [
    [oid, parse],
    [arrayOid, (text: string) => deep(parseTextArray(text), parse)],
  ]),
)

/** Type parsers for one connection; PostgreSQL's global ones stay untouched. */
export const valueTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' && parsers.get(oid)) || types.getTypeParser(oid, 'text'),
}

/** Arrays nest and hold nulls. */
function deep(value: unknown, parse: Parse): unknown {
  if (Array.isArray(value)) return value.map((item) => deep(item, parse))
  return typeof value === 'string' ? parse(value) : value
}

function int8(text: string): number | string {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : text
}

function asText(text: string): string {
  return text
}

/** `2026-11-22 09:12:34.5+00` → `2026-11-22T09:12:34.5+00:00`; `infinity` and years BC stay as they are. */
function timestamp(text: string): string {
  const iso = text.replace(' ', 'T')
  return /[+-]\d\d$/.test(iso) && iso.includes(':') ? `${iso}:00` : iso
}
