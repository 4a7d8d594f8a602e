/** A conformance profile as its JSON file says it, checked element by element; what is not known there is refused, not ignored. */
import { invalid } from '@xinglin/fhir'
import type { ConformanceProfile, FieldRule, SegmentRule, StandardCode } from '@xinglin/hl7v2'

type Elements = Readonly<Record<string, unknown>>

/** Throws `invalid` (`hl7.profile`) naming the element. */
export function readProfile(json: unknown): ConformanceProfile {
  const file = elements(json, '', [
    ...[
      'id',
      'version',
      'title',
      'application',
      'facility',
      'messages',
      'mode',
      'structure',
      'requiredFields',
    ],
    ...['segments', 'ownSegments', 'fields', 'codes', 'queriesAs', 'orderAnswers'],
  ])
  const { mode, ownSegments = 'any' } = file
  if (mode !== 'refuse' && mode !== 'warn') throw wrong('mode', '"refuse" or "warn"')
  if (ownSegments !== 'any' && ownSegments !== 'listed') throw wrong('ownSegments', '"any" or "listed"')
  const messages = file.messages === undefined ? undefined : texts(file.messages, 'messages')
  return {
    id: text(file.id, 'id', /^[a-z][a-z0-9-]{0,63}$/),
    version: text(file.version, 'version', /^\S{1,32}$/),
    ...(file.application === undefined ? {} : { application: text(file.application, 'application') }),
    ...(file.facility === undefined ? {} : { facility: text(file.facility, 'facility') }),
    ...(messages ? { messages } : {}),
    mode,
    isOrderAnswered: flag(file.orderAnswers, 'orderAnswers'),
    ...(file.queriesAs === undefined
      ? {}
      : { queriesAs: text(file.queriesAs, 'queriesAs', /^(?:client|app)\/[\w.-]{1,128}$/) }),
    isStructured: flag(file.structure, 'structure'),
    isComplete: flag(file.requiredFields, 'requiredFields'),
    segments: mapOf(file.segments, 'segments', /^[A-Z][A-Z0-9]{2}$/, segmentRule),
    isClosed: ownSegments === 'listed',
    fields: mapOf(file.fields, 'fields', /^[A-Z][A-Z0-9]{2}-[1-9]\d{0,2}(?:\.[1-9]\d?)?$/, fieldRule),
    codes: mapOf(file.codes, 'codes', /^.{1,255}$/, (value, at) =>
      mapOf(value, at, /^.{1,255}$/, standardCode),
    ),
  }
}

function segmentRule(value: unknown, at: string): SegmentRule {
  const { usage, most } = elements(value, at, ['usage', 'most'])
  return { ...usageOf(usage, at), ...(most === undefined ? {} : { most: whole(most, `${at}.most`) }) }
}

function fieldRule(value: unknown, at: string): FieldRule {
  const { usage, repetitions, length, table, pattern } = elements(value, at, [
    ...['usage', 'repetitions', 'length', 'table', 'pattern'],
  ])
  return {
    ...usageOf(usage, at),
    ...(repetitions === undefined ? {} : { mostRepetitions: whole(repetitions, `${at}.repetitions`) }),
    ...(length === undefined ? {} : { longest: whole(length, `${at}.length`) }),
    ...(table === undefined ? {} : { table: texts(table, `${at}.table`) }),
    ...(pattern === undefined ? {} : { pattern: expression(pattern, `${at}.pattern`) }),
  }
}

/** Anchored, and without repetitions within repetitions, which a hostile value could make last for ever. */
function expression(value: unknown, at: string): RegExp {
  const source = text(value, at)
  if (/[+*}]\)[+*{?]/.test(source) || source.length > 200 || /\\[1-9]|\(\?/.test(source))
    throw wrong(at, 'a short regular expression without nested repetitions, look-around and back references')
  try {
    return new RegExp(`^(?:${source})$`, 'u')
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw wrong(at, 'a regular expression')
  }
}

function standardCode(value: unknown, at: string): StandardCode {
  const { system, code, display } = elements(value, at, ['system', 'code', 'display'])
  return {
    system: text(system, `${at}.system`),
    code: text(code, `${at}.code`),
    ...(display === undefined ? {} : { display: text(display, `${at}.display`) }),
  }
}

function usageOf(usage: unknown, at: string): Pick<FieldRule, 'usage'> {
  if (usage === undefined) return {}
  if (usage !== 'required' && usage !== 'forbidden') throw wrong(`${at}.usage`, '"required" or "forbidden"')
  return { usage }
}

function mapOf<T>(
  value: unknown,
  at: string,
  name: RegExp,
  read: (value: unknown, at: string) => T,
): ReadonlyMap<string, T> {
  const all = value === undefined ? {} : elements(value, at)
  return new Map(
    Object.entries(all).map(([key, each]) => {
      if (!name.test(key)) throw wrong(`${at}.${key}`, 'named as HL7 names it')
      return [key, read(each, `${at}.${key}`)]
    }),
  )
}

function elements(value: unknown, at: string, known?: readonly string[]): Elements {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(at || 'the profile', 'an object')
  const found = value as Elements
  const foreign = known && Object.keys(found).find((key) => !known.includes(key))
  if (foreign !== undefined)
    throw wrong(at === '' ? foreign : `${at}.${foreign}`, 'left out: a profile has no such element')
  return found
}

function text(value: unknown, at: string, pattern = /^[^\r\n]{1,500}$/): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw wrong(at, 'a short text')
  return value
}

function texts(value: unknown, at: string): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) throw wrong(at, 'a list of texts')
  return value.map((each) => text(each, at))
}

function flag(value: unknown, at: string): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false
  throw wrong(at, 'true or false')
}

function whole(value: unknown, at: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value
  throw wrong(at, 'a whole number above 0')
}

function wrong(at: string, allowed: string) {
  return invalid(`${at} must be ${allowed}`, { code: 'hl7.profile', at })
}
