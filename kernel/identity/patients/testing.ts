/** For tests: a door that keeps what would be sent, and patients who have gone through it. */
import type { Instant } from '@xinglin/fhir'
import type { Identity, OpenedPatient, TextDoor } from '../identity.ts'

export type KeptText = { readonly phone: string; readonly words: string; readonly ends: Instant }

/** Texts in the order in which they were sent. */
export function keepTexts(): { readonly door: TextDoor; readonly texts: KeptText[] } {
  const texts: KeptText[] = []
  return { texts, door: { sendText: async (_, text) => void texts.push(text) } }
}

/** The six digits of the newest text to a phone. */
export function codeTo(texts: readonly KeptText[], phone: string): string {
  const text = texts.findLast((each) => each.phone.endsWith(phone))
  return /\d{6}/.exec(text?.words ?? '')?.[0] ?? ''
}

/** Signs in by phone. */
export async function signInByPhone(
  { patients }: Pick<Identity, 'patients'>,
  texts: readonly KeptText[],
  phone: string,
): Promise<OpenedPatient> {
  const { challenge } = await patients.requestCode({ phone, purpose: 'sign-in', address: '10.0.0.9' })
  return patients.signIn({ challenge, code: codeTo(texts, phone) })
}
