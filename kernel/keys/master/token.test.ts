/** A master key in a PKCS#11 token: SoftHSM as the token, where it is installed with OpenSC. */
import { deepEqual, equal, notDeepEqual, rejects, throws } from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { OutcomeError } from '@xinglin/fhir'
import { openTestDatabase, testRuntime } from '@xinglin/testkit'
import { findMasterKey, keysMigrations, openKeys } from '../keys.ts'
import { scratchFolder } from '../testing/openssl.ts'
import { masterKeyFromToken, tokenPlaceOf } from './token.ts'

const module = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/softhsm/libsofthsm2.so'].find(existsSync)
const [tool, maker] = ['pkcs11-tool', 'softhsm2-util']
const hasTool = spawnSync(tool, ['--help']).error === undefined
const skip = module && hasTool ? false : 'SoftHSM and OpenSC (softhsm2, opensc) are not installed here'
const runtime = testRuntime()
const totp = { purpose: 'signin.totp', context: 'factor/1' }

test('the address names token, key and module', () => {
  deepEqual(tokenPlaceOf('pkcs11:token=%E5%8C%BB%E9%99%A2;id=%01?module-path=/usr/lib/p.so'), {
    ...{ token: '医院', key: '01', module: '/usr/lib/p.so' },
  })
  for (const wrong of [
    '',
    'pkcs11:token=a',
    'pkcs11:token=a;id=%01?module-path=p.so',
    'pkcs11:token=a;id=1?module-path=/p.so',
    'file:/a?b=c',
  ])
    throws(() => tokenPlaceOf(wrong), code('keys.token-address'))
})

test('keys of the platform are wrapped by a key that never leaves its token', { skip }, async () => {
  const { address } = token()
  const place = tokenPlaceOf(address)
  const master = await findMasterKey({ token: { address, pin: '1234' }, file: '/nowhere' }, runtime.log)
  const { database, drop } = await openTestDatabase({ migrations: [keysMigrations] })
  after(drop)
  const keys = await openKeys({ database, runtime, suite: 'guomi', master })
  const sealed = await keys.sealText('secret', totp)

  const elsewhere = await openKeys({ database, runtime, suite: 'guomi', master })
  equal(await elsewhere.openText(sealed, totp), 'secret')
  equal(keys.masterKey.source, 'token')
  const key = Buffer.alloc(48, 7)
  const wrapped = Buffer.from((await master?.wrap(key, 'guomi')) ?? [])
  notDeepEqual(wrapped, Buffer.from((await master?.wrap(key, 'guomi')) ?? []))
  wrapped[20] = (wrapped[20] ?? 0) ^ 1
  // A changed byte is noticed by the padding or by the digest within.
  await rejects(async () => master?.unwrap(wrapped, 'guomi'), OutcomeError)
  await rejects(masterKeyFromToken(place, '9999').wrap(key, 'guomi'), code('keys.master-command'))
  await rejects(
    masterKeyFromToken({ ...place, key: '02' }, '1234').wrap(key, 'guomi'),
    code('keys.master-command'),
  )
})

/** A token of its own with one sensitive AES-256 key that cannot be extracted. */
function token(): { address: string } {
  const scratch = scratchFolder()
  after(scratch.remove)
  mkdirSync(scratch.path('tokens'))
  writeFileSync(scratch.path('softhsm.conf'), `directories.tokendir = ${scratch.path('tokens')}\n`)
  process.env.SOFTHSM2_CONF = scratch.path('softhsm.conf')
  const label = ['--label', 'hospital', '--pin', '1234', '--so-pin', '5678']
  execFileSync(maker, ['--init-token', '--free', ...label], { stdio: 'ignore' })
  const into = ['--module', module ?? '', '--token-label', 'hospital', '--login', '--pin', '1234']
  const made = ['--keygen', '--key-type', 'AES:32', '--id', '01', '--sensitive']
  execFileSync(tool, [...into, ...made], { stdio: 'ignore' })
  return { address: `pkcs11:token=hospital;id=%01?module-path=${module}` }
}

function code(expected: string) {
  return (error: unknown) =>
    error instanceof OutcomeError && error.outcome.issue[0]?.details?.coding?.[0]?.code === expected
}
