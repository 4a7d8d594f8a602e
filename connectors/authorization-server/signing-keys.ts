/** Keys of ID tokens (RFC 7517): made where there is none, replaced by age, shared by all processes. */
import { epochMs } from '@xinglin/fhir'
import type { OauthStore } from '@xinglin/identity'
import type { Runtime } from '@xinglin/runtime'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { keptKeySeconds, keySeconds } from './lives.ts'
import type { Seal } from './secrets.ts'

/** SMART App Launch 2.2 and OpenID Connect Core 1.0 §15.1 demand RS256 of everybody. */
const algorithm = 'RS256'
const modulusBits = 2048

type Parts = { readonly store: OauthStore; readonly seal: Seal; readonly runtime: Runtime }

/** Private keys, the one that signs first. Makes one where there is none or the newest is too old. */
export async function signingKeys(parts: Parts): Promise<readonly JWK[]> {
  const found = await openKeys(parts)
  if (found.length > 0 && !isTooOld(parts, found[0])) return found.map(({ jwk }) => jwk)
  await rotateSigningKey(parts)
  return (await openKeys(parts)).map(({ jwk }) => jwk)
}

/** Replaces the key that signs; what older keys signed can still be verified for a day. */
export async function rotateSigningKey({ store, seal }: Parts): Promise<void> {
  const { privateKey } = await generateKeyPair(algorithm, { modulusLength: modulusBits, extractable: true })
  const jwk = await exportJWK(privateKey)
  const id = await calculateJwkThumbprint(jwk)
  const sealed = await seal.seal(JSON.stringify({ ...jwk, kid: id, alg: algorithm, use: 'sig' }), id)
  await store.addSigningKey({ id, algorithm, sealed }, keptKeySeconds)
}

type OpenKey = { readonly jwk: JWK; readonly created: string }

async function openKeys({ store, seal }: Parts): Promise<readonly OpenKey[]> {
  const keys = (await store.signingKeys()).filter((key) => key.algorithm === algorithm)
  const inOrder = [
    ...keys.filter(({ isRetired }) => !isRetired),
    ...keys.filter(({ isRetired }) => isRetired),
  ]
  return Promise.all(
    inOrder.map(async ({ id, sealed, created }) => ({
      jwk: JSON.parse(await seal.open(sealed, id)) as JWK,
      created,
    })),
  )
}

function isTooOld({ runtime }: Parts, newest: OpenKey | undefined): boolean {
  return newest !== undefined && epochMs(runtime.now()) - epochMs(newest.created) > keySeconds * 1_000
}
