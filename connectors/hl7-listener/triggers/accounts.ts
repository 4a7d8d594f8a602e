/** BAR P01, P05, P06 (v2.5.1 §6.4): accounts and who pays; PID-18 → Account, IN1 → Coverage as the published map says. */
import type { Account, CodeableConcept, Coverage } from '@xinglin/fhir'
import type { Segment } from '@xinglin/hl7v2'
import { outOfSequence } from '../groups.ts'
import type { Draft } from '../knowledge.ts'
import { missing, type Reading, repetitions, text } from '../reading.ts'
import { stableId } from '../stable-id.ts'
import { facilitySystem } from '../values/systems.ts'
import { codeableConcept, date, dateTime, identifier } from '../values/values.ts'
import { elementOf, type Owner, onlyOwnerOf, refuseAnother, subjectOf } from './owner.ts'

/** Trigger → status: P06 ends an account. */
export const accountEvents: Readonly<Record<string, Account['status']>> = {
  P01: 'active',
  P05: 'active',
  P06: 'inactive',
}

/** Writes the account of a message and its coverages, in their order. */
export async function mapAccount(status: Account['status'], reading: Reading, draft: Draft): Promise<void> {
  const owner = await onlyOwnerOf(reading, draft)
  const segment = (name: string) => reading.message.segments.find((each) => each.name === name)
  const pid = segment('PID')
  if (!pid) throw outOfSequence('PID', 'an account is of a patient')
  const [written] = repetitions(pid, 18)
  const number = written && identifier('account')(written, reading)
  if (!number) throw missing({ segment: pid, field: 18 })
  const [present] = await draft.find('Account', [number])
  refuseAnother(present?.subject?.[0], owner, { segment: pid, field: 18 })
  const coverage: NonNullable<Account['coverage']> = []
  for (const in1 of reading.message.segments.filter(({ name }) => name === 'IN1')) {
    const priority = Number(text(in1, 1))
    coverage.push({
      coverage: { reference: `Coverage/${await putCoverage(in1, owner, reading, draft)}` },
      ...(Number.isInteger(priority) && priority > 0 ? { priority } : {}),
    })
  }
  const pv1 = segment('PV1')
  const [start, end] = [44, 45].map((field) => elementOf<string>(pv1, field, dateTime, reading))
  draft.put<'Account'>({
    ...present,
    resourceType: 'Account',
    id: present?.id ?? draft.newId(),
    identifier: [number],
    status,
    subject: [subjectOf(owner)],
    ...(start || end ? { servicePeriod: { ...(start ? { start } : {}), ...(end ? { end } : {}) } } : {}),
    ...(coverage.length > 0 ? { coverage } : {}),
  })
}

/** One for a policy number, else for its plan; answers its id. */
async function putCoverage(in1: Segment, owner: Owner, reading: Reading, draft: Draft): Promise<string> {
  const policy = text(in1, 36).trim()
  const plan = elementOf<CodeableConcept>(in1, 2, codeableConcept, reading)
  if (!plan && policy === '') throw missing({ segment: in1, field: 2 })
  const number = { system: `${facilitySystem(reading, 'account')}:policy`, value: policy }
  const unnumbered = stableId('Coverage', owner.patient.id, text(in1, 2, 3), text(in1, 2) || text(in1, 2, 2))
  const [present] =
    policy === '' ? await draft.read('Coverage', [unnumbered]) : await draft.find('Coverage', [number])
  refuseAnother(present?.beneficiary, owner, { segment: in1, field: 36 })
  const [company] = repetitions(in1, 3).flatMap((each) => identifier('account')(each, reading) ?? [])
  const [start, end] = [12, 13].map((field) => elementOf<string>(in1, field, date, reading))
  const relationship = elementOf<CodeableConcept>(in1, 17, codeableConcept, reading)
  const kind = elementOf<CodeableConcept>(in1, 15, codeableConcept, reading)
  const display = text(in1, 4)
  const id = present?.id ?? (policy === '' ? unnumbered : draft.newId())
  draft.put<'Coverage'>({
    ...present,
    resourceType: 'Coverage',
    id,
    ...(policy === '' ? {} : { identifier: [number] }),
    status: 'active',
    ...(kind ? { type: kind } : {}),
    ...(policy === '' ? {} : { subscriberId: policy }),
    beneficiary: subjectOf(owner),
    ...(relationship ? { relationship } : {}),
    ...(start || end ? { period: { ...(start ? { start } : {}), ...(end ? { end } : {}) } } : {}),
    payor: [
      {
        ...(company ? { identifier: company } : {}),
        display: display || (company?.value ?? plan?.text ?? 'unknown'),
      },
    ],
    ...classOf(plan),
  } satisfies Coverage & { id: string })
  return id
}

function classOf(plan: CodeableConcept | undefined): Pick<Coverage, 'class'> {
  const value = plan?.coding?.[0]?.code ?? plan?.text
  if (value === undefined) return {}
  const type = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/coverage-class', code: 'plan' }] }
  return { class: [{ type, value, ...(plan?.text ? { name: plan.text } : {}) }] }
}
