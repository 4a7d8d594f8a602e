/** An audit entry as a role sees it that sees people's identities masked (GB/T 35273-2020 §6.4). */
import { type AuditEntry, type MaskedField, maskName, maskNumber, maskPhone } from '@xinglin/identity'

const identityNumbers = /(?<!\d)(?:\d{17}[\dXx]|\d{15})(?!\d)/g
const phones = /(?<!\d)1[3-9]\d{9}(?!\d)/g

/** Names of people of the staff stay; those of patients' own accounts, and numbers within details, are masked. */
export function maskedEntry(entry: AuditEntry, fields: ReadonlySet<MaskedField>): AuditEntry {
  const { actor, actorDisplay, detail } = entry
  const isOfPatient = actor.startsWith('patient/')
  return {
    ...entry,
    actorDisplay: isOfPatient && fields.has('name') ? maskName(actorDisplay) : actorDisplay,
    ...(detail === undefined ? {} : { detail: maskedText(detail, fields) }),
  }
}

function maskedText(text: string, fields: ReadonlySet<MaskedField>): string {
  const numbers = fields.has('identity-number') ? text.replaceAll(identityNumbers, maskNumber) : text
  return fields.has('phone') ? numbers.replaceAll(phones, maskPhone) : numbers
}
