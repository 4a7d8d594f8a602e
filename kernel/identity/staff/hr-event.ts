/** What personnel tells as JSON, read once at the door; apps/administration/README.md describes it field by field. */
import { epochMs, type Instant, instantOf, invalid } from '@xinglin/fhir'
import { dateRange } from '@xinglin/fhir/search'
import type { Licence } from './staff.ts'

export const hrKinds = ['join', 'move', 'leave', 'change'] as const
export type HrKind = (typeof hrKinds)[number]

export type HrPosition = {
  /** Code of a department: an identifier of its Organization. */
  readonly department: string
  readonly title: string
  readonly specialty?: string
  /** Code of a ward: an identifier of its Location. */
  readonly location?: string
}
export type HrEvent = {
  readonly id: string
  readonly kind: HrKind
  readonly employee: string
  /** Rises with every event of an employee; gaps are allowed. */
  readonly sequence: number
  /** When it takes effect. */
  readonly at: Instant
  readonly name?: string
  readonly login?: string
  readonly licences?: readonly Licence[]
  readonly position?: HrPosition
  /** The department that a mover leaves; absent: all of them. */
  readonly from?: string
}
export type HrOutcome = {
  readonly event: string
  readonly kind: HrKind
  readonly employee: string
  readonly account: string
  readonly login: string
  readonly practitioner: string
  readonly effective: Instant
  /** `planned`: it takes effect at its instant. */
  readonly state: 'done' | 'planned'
  /** Roles of the account once this was taken. */
  readonly roles: readonly string[]
  /** The same event was taken before; nothing was done now. */
  readonly isRepeat: boolean
}
export type LoggedHrEvent = HrOutcome & { readonly received: Instant; readonly from: string }

const maxTextCharacters = 200
const mostLicences = 50

/** Throws `invalid` (`staff.event`) naming the field. */
export function parseHrEvent(given: unknown, { timeZone }: { readonly timeZone: string }): HrEvent {
  const kind = hrKinds.find((each) => each === memberOf(given, 'kind'))
  if (!kind) throw invalid(`kind must be one of ${hrKinds.join(', ')}`, { code: 'staff.event', at: 'kind' })
  const event = {
    id: textOf(given, 'id'),
    kind,
    employee: textOf(given, 'employee'),
    sequence: sequenceOf(given),
    at: effectiveOf(given, timeZone),
    ...optional(given, 'name'),
    ...optional(given, 'login'),
    ...optional(given, 'from'),
    ...licencesOf(given),
    ...positionOf(given),
  }
  if (kind === 'join' && (event.name === undefined || event.login === undefined))
    throw invalid('who joins has a name and a login', {
      code: 'staff.event',
      at: event.name === undefined ? 'name' : 'login',
    })
  if ((kind === 'join' || kind === 'move') && event.position === undefined)
    throw invalid('say where and as what: position with department and title', {
      code: 'staff.event',
      at: 'position',
    })
  return event
}

function sequenceOf(given: unknown): number {
  const sequence = memberOf(given, 'sequence')
  if (typeof sequence === 'number' && Number.isSafeInteger(sequence) && sequence > 0) return sequence
  throw invalid('sequence must be a whole number above 0 that rises with each event of an employee', {
    code: 'staff.event',
    at: 'sequence',
  })
}

function effectiveOf(given: unknown, timeZone: string): Instant {
  const at = textOf(given, 'at')
  const range = /^\d{4}-\d\d-\d\d/.test(at) ? dateRange(at, timeZone) : undefined
  if (range) return instantOf(range.lowMs, timeZone)
  throw invalid('at must be a day or an instant: 2026-12-01 or 2026-12-01T08:00:00+08:00', {
    code: 'staff.event',
    at: 'at',
  })
}

function positionOf(given: unknown): { position?: HrPosition } {
  const position = memberOf(given, 'position')
  if (position === undefined || position === null) return {}
  return {
    position: {
      department: textOf(position, 'department', 'position.department'),
      title: textOf(position, 'title', 'position.title'),
      ...optional(position, 'specialty', 'position.specialty'),
      ...optional(position, 'location', 'position.location'),
    },
  }
}

function licencesOf(given: unknown): { licences?: readonly Licence[] } {
  const licences = memberOf(given, 'licences')
  return licences === undefined || licences === null ? {} : { licences: parseLicences(licences) }
}

/** Throws `invalid` (`staff.event`, at `licences`). */
export function parseLicences(licences: unknown): readonly Licence[] {
  if (!Array.isArray(licences) || licences.length > mostLicences)
    throw invalid(`licences must be a list of at most ${mostLicences}`, {
      code: 'staff.event',
      at: 'licences',
    })
  return licences.map((licence) => ({
    kind: textOf(licence, 'kind', 'licences.kind'),
    number: textOf(licence, 'number', 'licences.number'),
    ...day(licence, 'from'),
    ...day(licence, 'until'),
  }))
}

function day<Name extends 'from' | 'until'>(licence: unknown, name: Name): { [key in Name]?: string } {
  const text = optional(licence, name, `licences.${name}`)[name]
  if (text === undefined) return {}
  if (/^\d{4}-\d\d-\d\d$/.test(text) && Number.isFinite(epochMs(`${text}T00:00:00Z`)))
    return { [name]: text } as { [key in Name]?: string }
  throw invalid(`${name} of a licence must be a day: 2026-12-31`, {
    code: 'staff.event',
    at: `licences.${name}`,
  })
}

function textOf(from: unknown, name: string, at = name): string {
  const value = optional(from, name, at)[name]
  if (value !== undefined) return value
  throw invalid(`${at} is missing: give it as text`, { code: 'staff.event', at })
}

function optional<Name extends string>(
  from: unknown,
  name: Name,
  at: string = name,
): { [key in Name]?: string } {
  const value = memberOf(from, name)
  if (value === undefined || value === null || value === '') return {}
  if (typeof value === 'string' && value.length <= maxTextCharacters && value.trim() !== '')
    return { [name]: value.trim() } as { [key in Name]?: string }
  throw invalid(`${at} must be text of at most ${maxTextCharacters} characters`, { code: 'staff.event', at })
}

function memberOf(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null && Object.hasOwn(from, name)
    ? Reflect.get(from, name)
    : undefined
}
