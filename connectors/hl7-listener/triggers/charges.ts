/**
 * DFT^P03 (v2.5.1 §6.4.3): charges; FT1 → ChargeItem, one for a transaction number. No published map has FT1. Payments and
 * adjustments (FT1-6 PY, AJ, CO) are of accounts, not of what was done: they stay in the raw message.
 */
import { type ChargeItem, type CodeableConcept, invalid, type Money } from '@xinglin/fhir'
import { part, type Segment } from '@xinglin/hl7v2'
import { outOfSequence } from '../groups.ts'
import type { Draft } from '../knowledge.ts'
import { malformed, missing, type Reading, repetitions, text, unknownCode } from '../reading.ts'
import { practitionersOf } from '../segments/people-and-places.ts'
import { stableId } from '../stable-id.ts'
import { numberOf } from '../values/amounts.ts'
import { facilitySystem } from '../values/systems.ts'
import { codeableConcept, dateTime, entityIdentifier } from '../values/values.ts'
import { elementOf, type Owner, onlyOwnerOf, refuseAnother, subjectOf, visitReference } from './owner.ts'

/** Table 0017 of FT1-6: a credit takes a charge back. */
const statuses: Readonly<Record<string, ChargeItem['status']>> = { CG: 'billable', CD: 'aborted' }
const ofAccounts: ReadonlySet<string> = new Set(['PY', 'AJ', 'CO'])

/** Writes the charges of a message. */
export async function mapCharges(reading: Reading, draft: Draft): Promise<void> {
  const owner = await onlyOwnerOf(reading, draft)
  const transactions = reading.message.segments.filter(({ name }) => name === 'FT1')
  if (transactions.length === 0) throw outOfSequence('FT1', 'the message holds no charge')
  const charges = transactions.filter((ft1) => !ofAccounts.has(text(ft1, 6).toUpperCase()))
  if (charges.length === 0) throw invalid('FT1-6 names payments and adjustments alone', notTaken)
  for (const ft1 of charges) await putCharge(ft1, owner, reading, draft)
}

const notTaken = { code: 'hl7.unknown-code', at: 'FT1-6' } as const

async function putCharge(ft1: Segment, owner: Owner, reading: Reading, draft: Draft): Promise<void> {
  const status = statuses[text(ft1, 6).toUpperCase()]
  if (!status) throw unknownCode({ segment: ft1, field: 6 }, '0017')
  const code = elementOf<CodeableConcept>(ft1, 7, codeableConcept, reading)
  if (!code) throw missing({ segment: ft1, field: 7 })
  const occurrence = elementOf<string>(ft1, 4, dateTime, reading)
  const number = text(ft1, 2).trim()
  const identifier = { system: `${facilitySystem(reading, 'account')}:transaction`, value: number }
  const unnumbered = stableId(
    'ChargeItem',
    owner.patient.id,
    JSON.stringify(code),
    occurrence ?? '',
    text(ft1, 1),
  )
  const [present] =
    number === ''
      ? await draft.read('ChargeItem', [unnumbered])
      : await draft.find('ChargeItem', [identifier])
  refuseAnother(present?.subject, owner, { segment: ft1, field: 2 })
  const performers = await practitionersOf(ft1, 20, reading, draft)
  const [enterer] = await practitionersOf(ft1, 24, reading, draft)
  const context = visitReference(owner)
  const count = numberOf(ft1, 10)
  const price = moneyOf(ft1, 11) ?? moneyOf(ft1, 22)
  const reason = repetitions(ft1, 19).flatMap((each) => codeableConcept(each, reading) ?? [])
  const service = await servicesOf(ft1, reading, draft)
  const [department] = repetitions(ft1, 13).flatMap((each) => codeableConcept(each, reading) ?? [])
  const performedBy = department?.text ?? department?.coding?.[0]?.code
  draft.put<'ChargeItem'>({
    ...present,
    resourceType: 'ChargeItem',
    id: present?.id ?? (number === '' ? unnumbered : draft.newId()),
    ...(number === '' ? {} : { identifier: [identifier] }),
    status,
    code,
    subject: subjectOf(owner),
    ...(context ? { context } : {}),
    ...(occurrence ? { occurrenceDateTime: occurrence } : {}),
    ...(performers.length > 0 ? { performer: performers.map((actor) => ({ actor })) } : {}),
    ...(performedBy ? { performingOrganization: { display: performedBy } } : {}),
    ...(count === undefined ? {} : { quantity: { value: count } }),
    ...(price ? { priceOverride: price } : {}),
    ...(enterer ? { enterer } : {}),
    ...entered(ft1, reading),
    ...(reason.length > 0 ? { reason } : {}),
    ...(service.length > 0 ? { service } : {}),
  })
}

function entered(ft1: Segment, reading: Reading): Pick<ChargeItem, 'enteredDate'> {
  const at = elementOf<string>(ft1, 5, dateTime, reading)
  return at ? { enteredDate: at } : {}
}

/** CP: the price in sub-components, amount & currency. */
function moneyOf(ft1: Segment, field: number): Money | undefined {
  const written = part(ft1.field(field)[0]).trim()
  if (written === '') return undefined
  if (!/^[+-]?\d{1,12}(?:\.\d{1,6})?$/.test(written)) throw malformed({ segment: ft1, field }, 'price (CP)')
  const currency = part(ft1.field(field)[0], 1, 2).trim()
  return { value: Number(written), ...(/^[A-Z]{3}$/.test(currency) ? { currency } : {}) }
}

/** FT1-23: the order that was filled. */
async function servicesOf(ft1: Segment, reading: Reading, draft: Draft) {
  const [written] = repetitions(ft1, 23)
  const number = written && entityIdentifier(written, reading, 'FILL')
  const found = number ? await draft.find('ServiceRequest', [number]) : []
  return found.map(({ id }) => ({ reference: `ServiceRequest/${id}` }))
}
