/**
 * Conformance profiles (v2.5.1 §2.12): what one sender's messages must be beyond what a map needs, as data. Pure: a profile and a
 * message give violations. Lengths count characters of one repetition; conditions between fields are not expressed.
 */
import type { ErrorCondition, ErrorLocation } from './failure.ts'
import { locationText } from './failure.ts'
import { requiredFieldLines } from './generated/structures.ts'
import { isDeletion, type Message, part, type Segment } from './message.ts'
import { parsePath } from './path.ts'
import { misplaced, structureOf } from './structure.ts'

export type FieldRule = {
  readonly usage?: 'required' | 'forbidden'
  readonly mostRepetitions?: number
  /** Characters of a repetition, or of the component that the path names. */
  readonly longest?: number
  /** Codes that it may have. */
  readonly table?: readonly string[]
  /** A regular expression that the whole value matches. */
  readonly pattern?: RegExp
}
export type SegmentRule = { readonly usage?: 'required' | 'forbidden'; readonly most?: number }

export type ConformanceProfile = {
  readonly id: string
  readonly version: string
  /** MSH-3.1 and MSH-4.1; any where absent. */
  readonly application?: string
  readonly facility?: string
  /** `ORU^R01`, `ADT`; all where absent. */
  readonly messages?: readonly string[]
  readonly mode: 'refuse' | 'warn'
  /** `client/<id>`: with whose rights its queries are answered; absent: they are not. */
  readonly queriesAs?: string
  /** Whether its orders are answered by ORL, ORI or ORR instead of ACK. */
  readonly isOrderAnswered?: boolean
  /** Whether the structure of the standard is asked for. */
  readonly isStructured: boolean
  /** Whether the fields that the standard requires are asked for. */
  readonly isComplete: boolean
  readonly segments: ReadonlyMap<string, SegmentRule>
  /** Whether own (Z) segments that `segments` does not name are refused. */
  readonly isClosed: boolean
  readonly fields: ReadonlyMap<string, FieldRule>
  /** Name of a code system as the sender writes it → code → what it is called by the standard. */
  readonly codes: ReadonlyMap<string, ReadonlyMap<string, StandardCode>>
}
export type StandardCode = { readonly system: string; readonly code: string; readonly display?: string }

export type Violation = { readonly condition: ErrorCondition; readonly at: string; readonly text: string }

/** More would only repeat what the first say. */
export const mostViolations = 50
const newest = '2.7.1'

const required: ReadonlyMap<string, readonly number[]> = new Map(
  requiredFieldLines
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [versions = '', segment = '', fields = ''] = line.split(' ')
      return versions
        .split(',')
        .map((version) => [`${version} ${segment}`, fields.split(',').map(Number)] as const)
    }),
)

/** Whether a profile is that of a message: by its sender, its type and its event. */
export function appliesTo(
  { application, facility, messages }: ConformanceProfile,
  message: Message,
): boolean {
  const [msh] = message.segments
  const name = (field: number, component = 1) => part(msh?.field(field)[0], component)
  if (application !== undefined && application !== name(3)) return false
  if (facility !== undefined && facility !== name(4)) return false
  return messages?.some((each) => each === name(9) || each === `${name(9)}^${name(9, 2)}`) ?? true
}

/** What of a message is not as its profile says, up to `mostViolations`. */
export function violations(message: Message, profile: ConformanceProfile): readonly Violation[] {
  const found = [
    ...(profile.isStructured ? structural(message) : []),
    ...segmental(message, profile),
    ...(profile.isComplete ? incomplete(message) : []),
    ...[...profile.fields].flatMap(([path, rule]) => fieldViolations(message, path, rule)),
  ]
  return found.slice(0, mostViolations)
}

function structural(message: Message): readonly Violation[] {
  const structure = structureOf(message)
  if (!structure)
    return [
      violation('unsupportedEventCode', { segment: 'MSH', field: 9 }, 'has no structure in this version'),
    ]
  return misplaced(message, structure).map((each) =>
    each.kind === 'missing'
      ? violation('segmentSequence', { segment: each.name }, 'is required by the structure of the message')
      : violation(
          'segmentSequence',
          placeOf(each.segment),
          'does not stand there in the structure of the message',
        ),
  )
}

function segmental(message: Message, { segments, isClosed }: ConformanceProfile): readonly Violation[] {
  const counts = Map.groupBy(message.segments, ({ name }) => name)
  const ruled = [...segments].flatMap(([name, { usage, most }]) => {
    const count = counts.get(name)?.length ?? 0
    if (usage === 'required' && count === 0)
      return [violation('segmentSequence', { segment: name }, 'is required by the profile')]
    if (usage === 'forbidden' && count > 0)
      return [violation('segmentSequence', { segment: name }, 'is not allowed by the profile')]
    if (most !== undefined && count > most)
      return [violation('segmentSequence', { segment: name }, `stands more than ${most} times`)]
    return []
  })
  const foreign = isClosed
    ? [...counts.keys()].filter((name) => name.startsWith('Z') && !segments.has(name))
    : []
  return [
    ...ruled,
    ...foreign.map((segment) =>
      violation('segmentSequence', { segment }, 'is an own segment that the profile does not name'),
    ),
  ]
}

function incomplete(message: Message): readonly Violation[] {
  const written = part(message.segments[0]?.field(12)[0])
  const version = /^2\.(?:[89]|\d\d)/.test(written) ? newest : written
  return message.segments.flatMap((segment) =>
    (required.get(`${version} ${segment.name}`) ?? [])
      // MSH-1 and MSH-2 are what made the message readable.
      .filter((field) => (segment.name !== 'MSH' || field > 2) && isEmpty(segment, field))
      .map((field) =>
        violation(
          'requiredFieldMissing',
          { ...placeOf(segment), field },
          'is empty and required by the standard',
        ),
      ),
  )
}

function fieldViolations(message: Message, path: string, rule: FieldRule): readonly Violation[] {
  const { segment: name, field, component: named } = parsePath(path)
  const component = path.slice(path.indexOf('-')).includes('.') ? named : undefined
  return message.segments
    .filter((segment) => segment.name === name)
    .flatMap((segment) => ruled(segment, { field, component, rule, message }))
}

type Ruled = {
  readonly field: number
  readonly component: number | undefined
  readonly rule: FieldRule
  readonly message: Message
}

function ruled(segment: Segment, { field, component, rule, message }: Ruled): readonly Violation[] {
  const place = { ...placeOf(segment), field, ...(component === undefined ? {} : { component }) }
  const all = segment.field(field)
  const values = all.map((repetition) => part(repetition, component ?? 1))
  const isThere = component === undefined ? !isEmpty(segment, field) : values.some((value) => value !== '')
  if (rule.usage === 'required' && !isThere)
    return [violation('requiredFieldMissing', place, 'is empty and required by the profile')]
  if (!isThere) return []
  if (rule.usage === 'forbidden') return [violation('dataType', place, 'is not allowed by the profile')]
  const written =
    component === undefined && message.delimiters.repetition !== ''
      ? segment.raw(field).split(message.delimiters.repetition)
      : component === undefined
        ? [segment.raw(field)]
        : values
  const at = (index: number): ErrorLocation => ({ ...place, repetition: index + 1 })
  return [
    ...(rule.mostRepetitions !== undefined && all.length > rule.mostRepetitions
      ? [violation('dataType', place, `repeats more than ${rule.mostRepetitions} times`)]
      : []),
    ...written.flatMap((text, index) =>
      rule.longest !== undefined && [...text].length > rule.longest
        ? [violation('dataType', at(index), `is longer than ${rule.longest} characters`)]
        : [],
    ),
    ...values.flatMap((value, index) => {
      if (value === '' || isDeletion(value)) return []
      if (rule.table && !rule.table.includes(value))
        return [violation('tableValueNotFound', at(index), 'is not a code of the table of the profile')]
      if (rule.pattern && !rule.pattern.test(value))
        return [violation('dataType', at(index), 'is not written as the profile says')]
      return []
    }),
  ]
}

function isEmpty(segment: Segment, field: number): boolean {
  return segment
    .field(field)
    .every((repetition) => repetition.every((each) => each.every((value) => value === '')))
}

function placeOf({ name, occurrence }: Segment): ErrorLocation {
  return { segment: name, occurrence }
}

/** Names the place, never the content. */
function violation(condition: ErrorCondition, location: ErrorLocation, text: string): Violation {
  const at = locationText(location)
  return { condition, at, text: `${at} ${text}` }
}
