/** The browser's side of WebAuthn; its code is loaded when somebody uses a passkey. */
import { ask } from '@xinglin/kit'

type Question<Options> = { readonly id?: string; readonly options: Options }
type Browser = typeof import('@simplewebauthn/browser')
type SignOptions = Parameters<Browser['startAuthentication']>[0]['optionsJSON']
type MakeOptions = Parameters<Browser['startRegistration']>[0]['optionsJSON']

/** Browsers offer passkeys to sites that are safe, and to none that is an address in numbers. */
export const hasPasskeys = 'PublicKeyCredential' in globalThis && !/^[\d.]+$|:/.test(location.hostname)

/** Asks the server's question to a passkey and sends its answer to `path`; `ticket` where a sign-in is half done. */
export async function showPasskey(path: string, ticket?: string): Promise<void> {
  const body = ticket === undefined ? {} : { ticket }
  const { id, options } = await ask<Question<SignOptions>>(`${path}/question`, { method: 'POST', body })
  const { startAuthentication } = await import('@simplewebauthn/browser')
  const answer = await startAuthentication({ optionsJSON: options })
  await ask(path, { method: 'POST', body: { ...body, id, answer } })
}

/** Makes a new passkey; gives the recovery codes where it is the first factor. */
export async function makePasskey(label: string): Promise<readonly string[]> {
  const path = '/api/session/factors/passkey'
  const { options } = await ask<Question<MakeOptions>>(`${path}/question`, { method: 'POST' })
  const { startRegistration } = await import('@simplewebauthn/browser')
  const answer = await startRegistration({ optionsJSON: options })
  const { recoveryCodes } = await ask<{ recoveryCodes: readonly string[] }>(path, {
    method: 'POST',
    body: { answer, label },
  })
  return recoveryCodes
}
