/** Amounts whose number and unit stand in two fields, as pharmacy and vaccination segments have them. */
import type { Quantity } from '@xinglin/fhir'
import type { Segment } from '@xinglin/hl7v2'
import { malformed, type Reading, text } from '../reading.ts'
import { codeSystem } from './systems.ts'

/** NM in one field and CWE of its unit in another; undefined where no number is written. */
export function amountOf(
  segment: Segment,
  field: number,
  unitField: number,
  reading: Reading,
): Quantity | undefined {
  const value = numberOf(segment, field)
  if (value === undefined) return undefined
  const code = text(segment, unitField).trim()
  const unit = text(segment, unitField, 2).trim() || code
  const system = codeSystem(text(segment, unitField, 3).trim(), reading)
  return { value, ...(unit === '' ? {} : { unit }), ...(system && code !== '' ? { system, code } : {}) }
}

/** NM; undefined where it is empty, refused where it is no number. */
export function numberOf(segment: Segment, field: number): number | undefined {
  const written = text(segment, field).trim()
  if (written === '') return undefined
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(written) || written.length > 18)
    throw malformed({ segment, field }, 'number (NM)')
  return Number(written)
}
