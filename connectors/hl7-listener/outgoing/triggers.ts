/** What a change of the record is called by HL7: trigger events of visits and persons (table 0003), controls of orders (table 0119). */
import type { Encounter, Patient, ServiceRequest } from '@xinglin/fhir'

/** Trigger events that are told, with their message structures (v2.5.1 table 0354). */
export const structures = {
  A01: 'ADT_A01',
  A02: 'ADT_A02',
  A03: 'ADT_A03',
  A04: 'ADT_A01',
  A05: 'ADT_A05',
  A06: 'ADT_A06',
  A07: 'ADT_A06',
  A08: 'ADT_A01',
  A11: 'ADT_A09',
  A13: 'ADT_A01',
  A21: 'ADT_A21',
  A22: 'ADT_A21',
  A28: 'ADT_A05',
  A31: 'ADT_A05',
  A38: 'ADT_A38',
} as const

export type AdmissionTrigger = keyof typeof structures

/** A person that is new or changed; undefined for one that was merged into another, which is told as A40. */
export function personTrigger(before: Patient | undefined, after: Patient): AdmissionTrigger | undefined {
  if (after.link?.some(({ type }) => type === 'replaced-by')) return undefined
  return before ? 'A31' : 'A28'
}

/** What happened to a visit between two versions; undefined where it was withdrawn before anybody was told. */
export function visitTrigger(before: Encounter | undefined, after: Encounter): AdmissionTrigger | undefined {
  const [was, is] = [before && phaseOf(before), phaseOf(after)]
  if (is === 'withdrawn') {
    if (was === undefined || was === 'withdrawn') return undefined
    return was === 'planned' ? 'A38' : 'A11'
  }
  if (is === 'planned') return was === 'planned' ? 'A08' : 'A05'
  if (is === 'over') return was === 'over' ? 'A08' : 'A03'
  if (was === 'over') return 'A13'
  if (is === 'away') return was === 'away' ? 'A08' : 'A21'
  if (was === 'away') return 'A22'
  if (was !== 'present' || !before) return isInpatient(after) ? 'A01' : 'A04'
  if (isInpatient(before) !== isInpatient(after)) return isInpatient(after) ? 'A06' : 'A07'
  return placeOf(before) !== undefined && placeOf(before) !== placeOf(after) ? 'A02' : 'A08'
}

type Phase = 'planned' | 'present' | 'away' | 'over' | 'withdrawn'

function phaseOf({ status }: Encounter): Phase {
  switch (status) {
    case 'planned':
      return 'planned'
    case 'onleave':
      return 'away'
    case 'finished':
      return 'over'
    case 'cancelled':
    case 'entered-in-error':
      return 'withdrawn'
    default:
      return 'present'
  }
}

function isInpatient({ class: { code = '' } }: Encounter): boolean {
  return ['IMP', 'ACUTE', 'NONAC', 'I'].includes(code)
}

function placeOf({ location = [] }: Encounter): string | undefined {
  return location.findLast(({ status }) => status === 'active')?.location.reference
}

/** When it happened, as far as the visit says: a FHIR dateTime. */
export function eventTimeOf(
  trigger: AdmissionTrigger,
  { period, location = [] }: Encounter,
): string | undefined {
  if (trigger === 'A03') return period?.end
  if (trigger === 'A02') return location.findLast(({ status }) => status === 'active')?.period?.start
  return ['A01', 'A04', 'A05'].includes(trigger) ? period?.start : undefined
}

/** Intents that ask somebody to do something; plans and proposals are not told. */
const orders: ReadonlySet<string> = new Set([
  'order',
  'original-order',
  'reflex-order',
  'filler-order',
  'instance-order',
])

/** ORC-1 of a change of an order; undefined where there is nothing that its filler should do or know. */
export function orderControlOf(
  before: ServiceRequest | undefined,
  after: ServiceRequest,
): string | undefined {
  if (!orders.has(after.intent)) return undefined
  const wasTold = before !== undefined && before.status !== 'draft'
  switch (after.status) {
    case 'active':
      if (!wasTold) return 'NW'
      return before.status === 'on-hold' ? 'RL' : 'XO'
    case 'on-hold':
      return wasTold && before.status !== 'on-hold' ? 'HD' : undefined
    case 'revoked':
    case 'entered-in-error':
      return wasTold && before.status !== after.status ? 'CA' : undefined
    case 'completed':
      return wasTold && before.status !== 'completed' ? 'SC' : undefined
    default:
      return undefined
  }
}
