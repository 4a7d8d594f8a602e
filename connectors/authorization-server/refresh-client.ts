/**
 * RFC 6749 §6 lets an app that cannot prove itself refresh without naming itself, as SMART apps in browsers do; the
 * token says whose it is. An app with a key must prove itself all the same.
 */
import type { OauthStore } from '@xinglin/identity'
import type { Seal } from './secrets.ts'

/** The form with the client of its refresh token where it names none; unchanged where the token is unknown. */
export async function nameClient(
  form: string,
  { authorization }: { readonly authorization?: string },
  { store, seal }: { readonly store: OauthStore; readonly seal: Seal },
): Promise<string> {
  const asked = new URLSearchParams(form)
  const token = asked.get('refresh_token')
  const isNamed = asked.has('client_id') || asked.has('client_assertion') || authorization !== undefined
  if (isNamed || !token || asked.get('grant_type') !== 'refresh_token') return form
  const found = await store.get('RefreshToken', token)
  if (!found) return form
  const { clientId } = JSON.parse(await seal.open(found.sealed, 'RefreshToken')) as { clientId?: string }
  if (clientId) asked.set('client_id', clientId)
  return asked.toString()
}
