/**
 * FHIR R4 §3.1.1.4.11: a quantity asked in one UCUM unit is compared with those written in another of the same kind. The
 * question is converted, not what is stored: it costs nothing at a write, and what is there already is found. Units are
 * those that the library lists (2,300 with those of LOINC), mole apart from number, and `[IU]` and pH only with themselves.
 */
/// <reference path="./ucum-lhc.d.ts" />
import ucum, { type UcumUnit } from '@lhncbc/ucum-lhc'
import type { QuantityQuery } from '@xinglin/fhir/search'

export const ucumSystem = 'http://unitsofmeasure.org'
const temperatures: ReadonlySet<string> = new Set(['Cel', '[degF]'])
/** Takes away the dust of factors: 5.4 mmol/L is 5400 umol/L and not 5400.000000000001. */
const digits = 12

/** The same question in each other unit of its kind; none where the unit is not UCUM's or stands alone. */
export function inOtherUnits(query: QuantityQuery): readonly QuantityQuery[] {
  if (query.system !== ucumSystem || query.code === undefined) return []
  return joinedTo(query.code).map(({ code, scale, offset }) => {
    const size = (each: number) => tidy(each * scale + offset)
    return { ...query, code, value: size(query.value), low: size(query.low), high: size(query.high) }
  })
}

/** A size in another unit of the same kind; undefined where nothing joins the two. */
export function converted(value: number, from: string, to: string): number | undefined {
  const { toVal } = ucum.UcumLhcUtils.getInstance().convertUnitTo(from, value, to)
  return toVal === null || !Number.isFinite(toVal) ? undefined : tidy(toVal)
}

function tidy(value: number): number {
  return Number(value.toPrecision(digits))
}

/** A size in one unit times `scale` plus `offset` (of temperatures) is the size in the unit `code`. */
type Joined = { readonly code: string; readonly scale: number; readonly offset: number }

/** Kept, since 41 units of a concentration cost 2 ms a question by the library and 60 µs by their factors. */
const known = new Map<string, readonly Joined[]>()
/** Codes come from requests; there are not more units than this. */
const mostKnown = 5_000

function joinedTo(code: string): readonly Joined[] {
  const found = known.get(code) ?? otherUnits(code).flatMap((other) => joined(code, other))
  if (known.size >= mostKnown) known.clear()
  known.set(code, found)
  return found
}

/** Nothing where the library cannot convert, or where more of one is less of the other. */
function joined(from: string, to: string): readonly Joined[] {
  const [none, one] = [0, 1].map(
    (each) => ucum.UcumLhcUtils.getInstance().convertUnitTo(from, each, to).toVal,
  )
  if (typeof none !== 'number' || typeof one !== 'number' || one <= none) return []
  return [{ code: to, scale: one - none, offset: none }]
}

/**
 * Units of the same kind as this one, without itself. By the library's tables and not its reader of units, which writes what it
 * cannot read to the console.
 */
export function otherUnits(code: string): readonly string[] {
  // The tables are filled when the library is first used: 28 ms and 16 MB, once.
  ucum.UcumLhcUtils.getInstance()
  const tables = ucum.UnitTables.getInstance()
  const unit = tables.getUnitByCode(code)
  const dimension = unit?.dim_?.dimVec_
  if (!unit || !isJoined(unit) || !dimension) return []
  const others = (tables.getUnitsByDimension(dimension) ?? []).filter(
    (other) => isJoined(other) && other.moleExp_ === unit.moleExp_,
  )
  return others.map(({ csCode_ }) => csCode_).filter((other) => other !== code && !other.includes('{'))
}

function isJoined({ csCode_, isArbitrary_, cnv_ }: UcumUnit): boolean {
  return !isArbitrary_ && (cnv_ === null || temperatures.has(csCode_))
}
