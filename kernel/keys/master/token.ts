/**
 * A master key that never leaves a PKCS#11 token (OASIS PKCS #11 v2.40): an AES-256 key of it, reached by `pkcs11-tool` of
 * OpenSC. The PIN goes by the environment of that program, what is wrapped by its pipes; nothing touches a disk. AES-CBC with
 * padding (CKM_AES_CBC_PAD) is what every token has; the digest inside tells a wrong key or a changed byte.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { fault, invalid } from '@xinglin/fhir'
import { type MasterKey, run, wrongMasterKey } from './master-key.ts'

/** RFC 7512: which key of which token, and the module of its maker. */
export type TokenPlace = {
  readonly token: string
  /** CKA_ID in hex; `pkcs11-tool` finds no secret key by its label. */
  readonly key: string
  readonly module: string
}

const ivBytes = 16
const digestBytes = 32

/** Throws `invalid` (`keys.token-address`) where it is no address of a key. */
export function tokenPlaceOf(uri: string): TokenPlace {
  const [, path = '', query = ''] = /^pkcs11:([^?]*)\?(.*)$/.exec(uri.trim()) ?? []
  const members = new Map(
    [...path.split(';'), ...query.split('&')].map((pair): [string, string] => {
      const [name = '', value = ''] = pair.split('=')
      return [name, value]
    }),
  )
  const [token, id, module] = ['token', 'id', 'module-path'].map((name) => members.get(name))
  const key = id && /^(%[0-9a-f]{2})+$/i.test(id) ? id.replaceAll('%', '').toLowerCase() : undefined
  if (token && key && module?.startsWith('/'))
    return { token: decodeURIComponent(token), key, module: decodeURIComponent(module) }
  throw invalid('the address of the token reads pkcs11:token=…;id=%01?module-path=/…', {
    code: 'keys.token-address',
  })
}

/** The master key in a token; its id is made of the name of the token and the number of the key. */
export function masterKeyFromToken(place: TokenPlace, pin: string): MasterKey {
  const { token, key: keyId, module } = place
  const id = createHash('sha256').update(`pkcs11 ${token}\0${keyId}`).digest('hex').slice(0, 16)
  const through = (verb: 'encrypt' | 'decrypt', iv: Buffer, input: Buffer) =>
    run({
      program: 'pkcs11-tool',
      args: [
        ...['--module', module, '--token-label', token, '--login', '--pin', 'env:XINGLIN_TOKEN_PIN'],
        ...[`--${verb}`, '--id', keyId, '--mechanism', 'AES-CBC-PAD', '--iv', iv.toString('hex')],
      ],
      input,
      // The module finds its own settings (SOFTHSM2_CONF and the like) where it does in a shell.
      inherits: { XINGLIN_TOKEN_PIN: pin },
      failure: `the token failed to ${verb}`,
    })
  return {
    id,
    source: 'token',
    async wrap(key) {
      const iv = randomBytes(ivBytes)
      const wrapped = await through('encrypt', iv, Buffer.concat([key, digestOf(key)]))
      if (wrapped.length < ivBytes) throw fault('the token wrapped nothing', { code: 'keys.master-command' })
      return Buffer.concat([iv, wrapped])
    },
    async unwrap(wrapped) {
      const iv = Buffer.from(wrapped.subarray(0, ivBytes))
      const plain = await through('decrypt', iv, Buffer.from(wrapped.subarray(ivBytes)))
      const key = plain.subarray(0, -digestBytes)
      if (plain.length <= digestBytes || !timingSafeEqual(digestOf(key), plain.subarray(-digestBytes)))
        throw wrongMasterKey()
      return key
    },
  }
}

function digestOf(key: Uint8Array): Buffer {
  return createHash('sha256').update(key).digest()
}
