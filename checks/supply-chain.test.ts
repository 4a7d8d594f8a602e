/** What is installed is what the lock file says (OWASP ASVS 5.0 V15.2): origin, digest, a CycloneDX list, known holes. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from './sources.ts'

type Locked = {
  readonly resolved?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly dev?: boolean
  readonly version?: string
}
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>
}
/** npm records no digest of development tools for other machines than the one where the file was made. */
const installed = Object.entries(packages).filter(
  ([path, { link, dev }]) => path.startsWith('node_modules/') && !link && !dev && !path.includes('@xinglin/'),
)

/** Without an origin of its own a package comes from the registry that is set, where its digest decides. */
const registry = 'https://registry.npmjs.org/'

test('every package that runs in production has a SHA-512 digest and none comes from elsewhere than the registry', () => {
  const loose = installed.filter(
    ([, { resolved = registry, integrity = '' }]) =>
      !resolved.startsWith(registry) || !integrity.startsWith('sha512-'),
  )
  assert.notEqual(installed.length, 0)
  assert.deepEqual(
    loose.map(([path]) => path),
    [],
  )
})

test('npm lists the components that run in production as CycloneDX', async (t) => {
  const { answer, failure } = await npm(
    'sbom',
    '--sbom-format',
    'cyclonedx',
    '--omit',
    'dev',
    '--package-lock-only',
  )
  if (!answer.startsWith('{')) return t.skip(`npm gives no list: ${failure}`)
  const list = JSON.parse(answer) as { bomFormat: string; components: { name: string; version: string }[] }
  const named = new Set(list.components.map(({ name, version }) => `${name}@${version}`))

  assert.equal(list.bomFormat, 'CycloneDX')
  for (const name of ['fastify', 'pg', 'sm-crypto-v2'])
    assert.ok(named.has(`${name}@${packages[`node_modules/${name}`]?.version}`), name)
})

test('no known hole that is high or critical', async (t) => {
  const { answer } = await npm('audit', '--omit', 'dev', '--json')
  const { metadata } = JSON.parse(answer || '{}') as {
    metadata?: { vulnerabilities: { high: number; critical: number } }
  }
  if (!metadata) return t.skip('this registry answers no audit; run npm audit where one does')
  const { high, critical } = metadata.vulnerabilities
  assert.deepEqual({ high, critical }, { high: 0, critical: 0 })
})

/** npm ends with an error where it found something: what it says on its output is the answer. */
function npm(...args: readonly string[]): Promise<{ answer: string; failure: string }> {
  return new Promise((settle) => {
    execFile('npm', args, { cwd: root, maxBuffer: 64 * 1024 * 1024 }, (error, answer) =>
      settle({ answer, failure: error?.message.split('\n')[0] ?? '' }),
    )
  })
}
