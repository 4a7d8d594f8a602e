/**
 * What other systems are told: a merge as ADT^A40 (v2.5.1 §3.3.40, structure ADT_A39), its undoing as ADT^A37 (§3.3.37,
 * unlink), both with the numbers that stand now. Numbers are written as the HL7 door reads them.
 */
import { createHash } from 'node:crypto'
import type { Identifier, Instant, Patient } from '@xinglin/fhir'
import { type FieldValue, writeMessage, writeSegment } from '@xinglin/hl7v2'

export type Telling = {
  readonly trigger: 'A40' | 'A37'
  /** Of the entry of the log: a message that is sent again is the same one. */
  readonly id: string
  readonly at: Instant
  /** MSH-3 and MSH-4. */
  readonly application: string
  readonly facility: string
  readonly survivor: Patient
  readonly merged: Patient
}

const structures = { A40: 'ADT_A39', A37: 'ADT_A37' } as const
/** v2.5.1 §2.15.9.10: MSH-10 has twenty characters. */
const controlIdLength = 20

/** MSH-10: the same for the same entry. */
export function controlIdOf(id: string): string {
  return createHash('sha256')
    .update(id)
    .digest('base64url')
    .replaceAll(/[-_]/g, '0')
    .slice(0, controlIdLength)
}

/** The whole message, in UTF-8. */
export function mergeMessage({ trigger, id, at, application, facility, survivor, merged }: Telling): string {
  const time = at.replaceAll(/[-:T]/g, '').slice(0, 14)
  const head = writeSegment('MSH', {
    ...{
      3: application,
      4: facility,
      7: `${time}${offsetOf(at)}`,
      10: controlIdOf(id),
      11: 'P',
      12: '2.5.1',
    },
    ...{ 9: { components: ['ADT', trigger, structures[trigger]] }, 18: 'UNICODE UTF-8' },
  })
  const event = writeSegment('EVN', { 1: trigger, 2: `${time}${offsetOf(at)}` })
  const other =
    trigger === 'A40'
      ? writeSegment('MRG', { 1: numbersOf(merged), 7: nameOf(merged) })
      : writeSegment('PID', personOf(merged, '2'))
  return writeMessage([head, event, writeSegment('PID', personOf(survivor, '1')), other])
}

/** `+0800` of an instant; UTC as `+0000`. */
function offsetOf(at: Instant): string {
  return /([+-]\d\d):?(\d\d)$/.exec(at)?.slice(1).join('') ?? '+0000'
}

const sexes = { male: 'M', female: 'F', other: 'O', unknown: 'U' } as const

function personOf(patient: Patient, place: string): Readonly<Record<number, FieldValue>> {
  return {
    1: place,
    3: numbersOf(patient),
    5: nameOf(patient),
    7: patient.birthDate?.replaceAll('-', '') ?? '',
    8: patient.gender ? sexes[patient.gender] : '',
  }
}

/** CX, one repetition a number; those that a merge made old belong to another record. */
function numbersOf({ identifier = [] }: Patient): FieldValue {
  const standing = identifier.filter(({ use, value }) => use !== 'old' && value)
  return {
    repetitions: standing.map((each) => [
      [each.value ?? ''],
      [],
      [],
      authorityOf(each),
      [each.type?.coding?.find(({ code }) => code)?.code ?? ''],
    ]),
  }
}

/** HD: an OID, a namespace, or any other URI. */
function authorityOf({ system = '' }: Identifier): readonly string[] {
  if (system.startsWith('urn:oid:')) return ['', system.slice('urn:oid:'.length), 'ISO']
  const namespace = /^urn:xinglin:authority:(.+)$/.exec(system)?.[1]
  if (namespace) return [namespace]
  return system === '' ? [] : ['', system, 'URI']
}

function nameOf({ name = [] }: Patient): FieldValue {
  const [first] = name
  if (!first) return ''
  const { family, given = [], text = '' } = first
  return { components: [family ?? text, given.join(' '), '', '', '', '', 'L'] }
}
