/** The key hierarchy on a real database: sealing, moving, rotating, wrapping anew, changing suite and master key. */
import { deepEqual, equal, rejects } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { type Database, sql } from '@xinglin/database'
import { OutcomeError } from '@xinglin/fhir'
import { openTestDatabase, testRuntime } from '@xinglin/testkit'
import {
  findMasterKey,
  keysMigrations,
  keysTasks,
  makeMasterKeyFile,
  masterKeyFromBytes,
  masterKeyFromCommand,
  openKeys,
} from './keys.ts'
import { scratchFolder } from './testing/openssl.ts'

const runtime = testRuntime()
const scratch = scratchFolder()
after(scratch.remove)
const master = masterKeyFromBytes(Buffer.alloc(32, 1), 'file')
const totp = { purpose: 'signin.totp', context: 'account/17' }
const secret = Buffer.from('JBSWY3DPEHPK3PXP')

test('what was sealed opens for its purpose and context, here and in another process, and nowhere else', async () => {
  const { database } = await fresh()
  const keys = await openKeys({ database, runtime, suite: 'international', master })
  const elsewhere = await openKeys({ database, runtime, suite: 'international', master })
  const sealed = await keys.sealText('JBSWY3DPEHPK3PXP', totp)

  equal(await elsewhere.openText(sealed, totp), 'JBSWY3DPEHPK3PXP')
  const refusals = [
    keys.openText(sealed, { ...totp, context: 'account/18' }),
    keys.openText(sealed, { ...totp, purpose: 'signin.recovery' }),
    keys.openText(`${sealed.slice(0, -2)}AA`, totp),
    keys.openText('x1.AAAA', totp),
    keys.openText('JBSWY3DPEHPK3PXP', totp),
    keys.open(new Uint8Array(), totp),
  ]
  for (const refusal of refusals) await rejects(refusal, code('keys.not-opened'))
})

test('the database alone opens nothing: no secret lies in it, nor any key as it is', async () => {
  const { database } = await fresh()
  const keys = await openKeys({ database, runtime, suite: 'guomi', master })
  await keys.seal(secret, totp)
  await keys.sign(secret, 'audit.day')

  await rejects(
    openKeys({ database, runtime, suite: 'guomi', master: undefined }),
    code('keys.master-missing'),
  )
  const other = masterKeyFromBytes(Buffer.alloc(32, 2), 'file')
  await rejects(openKeys({ database, runtime, suite: 'guomi', master: other }), code('keys.master-wrong'))
  await rejects(other.unwrap(await master.wrap(secret, 'guomi'), 'guomi'), code('keys.master-wrong'))
})

test('after a rotation the new key seals and the old one opens', async () => {
  const { database } = await fresh()
  const keys = await openKeys({ database, runtime, suite: 'international', master })
  const before = await keys.seal(secret, totp)
  await keys.rotate(totp.purpose)
  const since = await keys.seal(secret, totp)

  deepEqual(Buffer.from(await keys.open(before, totp)), secret)
  deepEqual(Buffer.from(await keys.open(since, totp)), secret)
  deepEqual(await lines(keys), ['k1 1 current', 'd2 2 current', 'd1 1'])
})

test('a new key-encryption key wraps all others by a job, and the old one goes', async () => {
  const { database } = await fresh()
  const keys = await openKeys({ database, runtime, suite: 'international', master })
  const sealed = await keys.seal(secret, totp)
  const signature = await keys.sign(secret, 'audit.day')
  await keys.rotateKeyEncryptionKey()
  deepEqual(await lines(keys), ['k2 2 current', 'k1 1', 'd1 1 current due', 's1 1 current due'])

  await keysTasks(keys)['keys.rewrap']({}, AbortSignal.timeout(10_000))

  deepEqual(await lines(keys), ['k2 1 current', 'd1 1 current', 's1 1 current'])
  const elsewhere = await openKeys({ database, runtime, suite: 'international', master })
  deepEqual(Buffer.from(await elsewhere.open(sealed, totp)), secret)
  equal(await elsewhere.verify(secret, signature, 'audit.day'), true)
})

test('a suite is switched: the new one seals and signs, the old one still opens and verifies', async () => {
  const { database } = await fresh()
  const before = await openKeys({ database, runtime, suite: 'international', master })
  const sealed = await before.seal(secret, totp)
  const signature = await before.sign(secret, 'audit.day')

  const keys = await openKeys({ database, runtime, suite: 'guomi', master })
  const since = await keys.sign(secret, 'audit.day')

  deepEqual(Buffer.from(await keys.open(sealed, totp)), secret)
  deepEqual([signature.algorithm, since.algorithm], ['ECDSA-P256-SHA256', 'SM2-SM3'])
  deepEqual(
    [
      await keys.verify(secret, signature, 'audit.day'),
      await keys.verify(secret, since, 'audit.day'),
      await keys.verify(secret, since, 'document.final'),
      await keys.verify(Buffer.from('other'), since, 'audit.day'),
      await keys.verify(secret, { ...since, key: 's999' }, 'audit.day'),
      await keys.verify(secret, { ...since, key: '1; drop' }, 'audit.day'),
      await keys.verify(secret, { ...signature, algorithm: 'SM2-SM3' }, 'audit.day'),
    ],
    [true, true, false, false, false, false, false],
  )
})

test('a new master key takes over where the previous one is given too', async () => {
  const { database } = await fresh()
  const before = await openKeys({ database, runtime, suite: 'international', master })
  const sealed = await before.seal(secret, totp)
  const next = masterKeyFromBytes(randomBytes(32), 'environment')

  await openKeys({ database, runtime, suite: 'international', master: next, previousMaster: master })

  const keys = await openKeys({ database, runtime, suite: 'international', master: next })
  deepEqual(Buffer.from(await keys.open(sealed, totp)), secret)
  deepEqual(keys.masterKey, { id: next.id, source: 'environment' })
  await rejects(openKeys({ database, runtime, suite: 'international', master }), code('keys.master-wrong'))
})

test('two processes that start at once make one hierarchy, and one first key of a purpose', async () => {
  const { database } = await fresh()
  const [one, two] = await Promise.all([
    openKeys({ database, runtime, suite: 'international', master }),
    openKeys({ database, runtime, suite: 'international', master }),
  ])
  const sealed = await Promise.all([one, two].map((keys) => keys.seal(secret, totp)))

  // The one that came second may have drawn a number that it did not use.
  deepEqual(
    (await lines(one)).map((line) => line.replace(/\d+/, '')),
    ['k 1 current', 'd 1 current'],
  )
  for (const each of sealed) deepEqual(Buffer.from(await one.open(each, totp)), secret)
})

test('the first start makes a master key file that its owner alone reads; a later start finds it', async () => {
  const file = scratch.path('made/master.key')
  equal(await findMasterKey({ file }, runtime.log), undefined)
  const made = await makeMasterKeyFile(file)

  equal((await findMasterKey({ file }, runtime.log))?.id, made.id)
  equal(statSync(file).mode & 0o777, 0o600)
  const text = readFileSync(file, 'utf8')
  const asBase64 = Buffer.from(text.trim(), 'hex').toString('base64')
  deepEqual((await findMasterKey({ text: asBase64, file }, runtime.log))?.source, 'environment')
  chmodSync(file, 0o644)
  await findMasterKey({ file }, runtime.log)
  deepEqual(
    runtime.lines.map(({ message }) => message),
    ['others than its owner may read the file of the master key'],
  )
  await rejects(findMasterKey({ text: 'short', file }, runtime.log), code('keys.master-length'))
})

test('a program keeps the master key: what it wraps it unwraps, and its failure is told', async () => {
  const program = scratch.path('wrapper')
  const cipher = 'openssl enc -aes-256-cbc -pbkdf2 -pass pass:token -a -A'
  writeFileSync(
    program,
    `#!/bin/sh\ncase $1 in wrap) ${cipher} | base64 -w0;; unwrap) base64 -d | ${cipher} -d;; esac\n`,
    { mode: 0o755 },
  )
  const { database } = await fresh()
  const outside = masterKeyFromCommand(program)
  const keys = await openKeys({ database, runtime, suite: 'guomi', master: outside })
  const sealed = await keys.seal(secret, totp)

  const elsewhere = await openKeys({ database, runtime, suite: 'guomi', master: outside })
  deepEqual(Buffer.from(await elsewhere.open(sealed, totp)), secret)
  await rejects(masterKeyFromCommand('/bin/false').wrap(secret, 'guomi'), code('keys.master-command'))
  await rejects(
    masterKeyFromCommand(scratch.path('missing')).wrap(secret, 'guomi'),
    code('keys.master-command'),
  )
})

test('a purpose is a package and a thing', async () => {
  const { database } = await fresh()
  const keys = await openKeys({ database, runtime, suite: 'international', master })

  await rejects(keys.seal(secret, { ...totp, purpose: 'totp' }), code('keys.purpose'))
})

test('a signing key is given as openssl reads it', async () => {
  const { database } = await fresh()
  const keys = await openKeys({ database, runtime, suite: 'international', master })
  const { key } = await keys.sign(secret, 'audit.day')

  equal((await keys.signingKey(key))?.publicKey.split('\n')[0], '-----BEGIN PUBLIC KEY-----')
  equal(await keys.signingKey('s77'), undefined)
})

async function fresh(): Promise<{ database: Database }> {
  const { database, drop } = await openTestDatabase({ migrations: [keysMigrations] })
  after(drop)
  equal((await database.query(sql`select from keys.data_key`)).length, 0)
  return { database }
}

/** Id, version and state of all keys. */
async function lines(keys: Awaited<ReturnType<typeof openKeys>>): Promise<string[]> {
  const states = await keys.states()
  return states.map(({ id, version, isCurrent, isWrappedByCurrent }) =>
    [id, version, ...(isCurrent ? ['current'] : []), ...(isWrappedByCurrent ? [] : ['due'])].join(' '),
  )
}

function code(expected: string) {
  return (error: unknown) =>
    error instanceof OutcomeError && error.outcome.issue[0]?.details?.coding?.[0]?.code === expected
}
