/** PS3.5 §9 unique identifiers. */

/** PS3.5 §9.1: digits and dots, no leading zero in a component, at most 64 characters. */
const strict = /^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/
/** What devices send in practice: leading zeros occur and do no harm to identity. */
const lenient = /^\d+(\.\d+)*$/

/** Whether `text` is a UID that may name a study, series or instance; leading zeros in components are let through. */
export function isUid(text: string): boolean {
  return text.length <= 64 && lenient.test(text)
}

/** Whether `text` keeps every rule of PS3.5 §9.1. */
export function isStrictUid(text: string): boolean {
  return text.length <= 64 && strict.test(text)
}

/** A UID under 2.25 made from a UUID (PS3.5 §B.2). */
export function uidOfUuid(uuid: string): string {
  return `2.25.${BigInt(`0x${uuid.replace(/-/g, '')}`)}`
}

/** Identifies files written by this implementation (PS3.7 §D.3.3.2); under 2.25, made once from a UUID. */
export const implementationClassUid = '2.25.218413637542061098472316530287498213406'
/** PS3.7 §D.3.3.2.3, at most 16 characters. */
export const implementationVersionName = 'XINGLIN_0_1'
