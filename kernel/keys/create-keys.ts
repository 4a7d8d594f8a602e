/** Keys over the hierarchy: data keys and signing keys by purpose, unwrapped once and held in memory. */
import { randomBytes } from 'node:crypto'
import type { Migrations } from '@xinglin/database'
import { invalid } from '@xinglin/fhir'
import { asText, boundBytes, bytesOfText, headerOf, notOpened, partsOf } from './envelope.ts'
import { type HierarchyOptions, openHierarchy } from './hierarchy.ts'
import { insertKey, type KeyRow, keyById, newestKey, type Table } from './key-rows.ts'
import { keyStates } from './key-states.ts'
import type { Binding, Keys, Signature } from './keys.ts'
import { createRotations } from './rotations/create-rotations.ts'
import { type SuiteName, suites } from './suites/suites.ts'

/** Tables of the schema `keys`. */
export const keysMigrations: Migrations = {
  name: 'keys',
  folder: new URL('./migrations/', import.meta.url),
}

/** A rotation by another process is followed within this; until then the version before seals, which still opens. */
const currentKeptMs = 1_000

type Held = { readonly row: KeyRow; readonly secret: Buffer }

/** The keys of this database; several processes may share it. */
export async function openKeys(options: HierarchyOptions): Promise<Keys> {
  const { database, runtime, suite } = options
  const hierarchy = await openHierarchy(options)
  const held = new Map<string, Held>()
  const current = new Map<string, { readonly key: Promise<Held>; readonly untilMs: number }>()

  async function hold(table: Table, row: KeyRow): Promise<Held> {
    const name = `${table} ${row.id}`
    const key = held.get(name) ?? { row, secret: await hierarchy.unwrap(row) }
    held.set(name, key)
    return key
  }

  async function byId(table: Table, id: number): Promise<Held | undefined> {
    const known = held.get(`${table} ${id}`)
    if (known) return known
    const row = await keyById(database, table, id)
    return row && hold(table, row)
  }

  function currentOf(table: Table, purpose: string): Promise<Held> {
    const name = `${table} ${purpose}`
    const known = current.get(name)
    if (known && known.untilMs > performance.now()) return known.key
    const key = lookUp(table, purpose)
    current.set(name, { key, untilMs: performance.now() + currentKeptMs })
    key.catch(() => current.delete(name))
    return key
  }

  async function lookUp(table: Table, purpose: string): Promise<Held> {
    const row = await newestKey(database, table, { purpose, suite })
    return row ? hold(table, row) : makeVersion(table, { purpose, version: 1 })
  }

  async function makeVersion(table: Table, { purpose, version }: { purpose: string; version: number }) {
    if (!/^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/.test(purpose))
      throw invalid(`purpose '${purpose}' must read <package>.<thing>`, { code: 'keys.purpose' })
    const made = table === 'data_key' ? newDataKey(suite) : suites[suite].makeSigningKey()
    const publicKey = 'publicKey' in made ? made.publicKey : null
    const wrapped = await hierarchy.wrap(made.privateKey, suite)
    const created = runtime.now()
    await insertKey(database, table, { purpose, suite, version, ...wrapped, created, publicKey })
    const row = await newestKey(database, table, { purpose, suite })
    if (!row) throw notOpened()
    return hold(table, row)
  }

  async function seal(plain: Uint8Array, binding: Binding): Promise<Uint8Array> {
    const { row, secret } = await currentOf('data_key', binding.purpose)
    const header = headerOf(row.id)
    return Buffer.concat([header, suites[row.suite].encrypt(secret, plain, boundBytes(header, binding))])
  }

  async function open(sealed: Uint8Array, binding: Binding): Promise<Uint8Array> {
    const { key, header, body } = partsOf(sealed)
    const found = await byId('data_key', key)
    if (found?.row.purpose !== binding.purpose) throw notOpened()
    const plain = suites[found.row.suite].decrypt(found.secret, body, boundBytes(header, binding))
    if (!plain) throw notOpened()
    return plain
  }

  async function verify(bytes: Uint8Array, signature: Signature, purpose: string): Promise<boolean> {
    const row = await signingRow(signature.key)
    if (row?.purpose !== purpose || !row.publicKey) return false
    const signer = suites[row.suite]
    if (signer.signatureAlgorithm !== signature.algorithm) return false
    return signer.verify(bytes, Buffer.from(signature.value, 'base64'), row.publicKey)
  }

  async function signingRow(id: string): Promise<KeyRow | undefined> {
    if (!/^s[1-9][0-9]{0,8}$/.test(id)) return undefined
    return keyById(database, 'signing_key', Number(id.slice(1)))
  }

  async function rotate(purpose: string): Promise<void> {
    for (const table of ['data_key', 'signing_key'] as const) {
      const newest = await newestKey(database, table, { purpose, suite })
      if (newest) await makeVersion(table, { purpose, version: newest.version + 1 })
      current.delete(`${table} ${purpose}`)
    }
  }

  const sealText = async (plain: string, binding: Binding) =>
    asText(await seal(Buffer.from(plain, 'utf8'), binding))
  const openText = async (sealed: string, binding: Binding) =>
    Buffer.from(await open(bytesOfText(sealed), binding)).toString('utf8')
  const rotations = createRotations({
    ...options,
    seals: { seal, open, sealText, openText },
    async makeVersionAfter(table, purpose, after) {
      const newest = await newestKey(database, table, { purpose, suite })
      if ((newest?.version ?? 0) <= after) await makeVersion(table, { purpose, version: after + 1 })
      current.delete(`${table} ${purpose}`)
    },
    makeKeyEncryptionKey: hierarchy.rotate,
    rewrap: hierarchy.rewrap,
    settleMs: 2 * currentKeptMs,
  })

  return {
    suite,
    rotations,
    masterKey: { id: hierarchy.master.id, source: hierarchy.master.source },
    seal,
    open,
    sealText,
    openText,
    async sign(bytes, purpose) {
      const { row, secret } = await currentOf('signing_key', purpose)
      const { signatureAlgorithm: algorithm, sign } = suites[row.suite]
      return { key: `s${row.id}`, algorithm, value: sign(bytes, secret).toString('base64') }
    },
    verify,
    async signingKey(id) {
      const row = await signingRow(id)
      if (!row?.publicKey) return undefined
      const { signatureAlgorithm: algorithm } = suites[row.suite]
      return { id, purpose: row.purpose, algorithm, publicKey: pemOf(row.publicKey), created: row.created }
    },
    rotate,
    rotateKeyEncryptionKey: hierarchy.rotate,
    rewrap: hierarchy.rewrap,
    states: () => keyStates(database),
  }
}

function newDataKey(suite: SuiteName): { privateKey: Buffer } {
  return { privateKey: randomBytes(suites[suite].keyBytes) }
}

function pemOf(publicKey: Buffer): string {
  const lines = publicKey.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n')
}
