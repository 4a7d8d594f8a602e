/** FHIR packages as they come from outside: read as they are, and refused where they are none or would do harm. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { OutcomeError } from '@xinglin/fhir'
import { type File, tarOf } from '../testing/tar.ts'
import { mostEntryBytes, mostUnpackedBytes } from './limits.ts'
import { readPackage } from './read-package.ts'

const manifest = {
  name: 'org.example.guide',
  version: '1.0.0',
  fhirVersions: ['4.0.1'],
  canonical: 'http://example.org',
}
const json = (name: string, value: object): File => ({ name, text: JSON.stringify(value) })
const packageJson = json('package/package.json', manifest)

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const read = (files: readonly File[], size = 1_000) => readPackage(inPieces(gzipSync(tarOf(files)), size))
const refusal = async (reading: Promise<unknown>) => {
  const error = await reading.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  assert.ok(error instanceof OutcomeError, String(error))
  return [error.failure, error.outcome.issue[0]?.details?.coding?.[0]?.code, error.message]
}

test('definitions that lie in the package are kept, examples and other files are not', async () => {
  const profile = { resourceType: 'StructureDefinition', id: 'p', url: 'http://example.org/p' }
  const files = [
    packageJson,
    json('package/.index.json', { files: [] }),
    json('package/StructureDefinition-p.json', profile),
    json('package/ImplementationGuide-g.json', { resourceType: 'ImplementationGuide' }),
    json('package/example/Patient-1.json', { resourceType: 'Patient' }),
    json('package/other/ValueSet-v.json', { resourceType: 'ValueSet' }),
    { name: 'package/readme.md', text: 'x' },
  ]
  const expected = {
    manifest: {
      name: 'org.example.guide',
      version: '1.0.0',
      canonical: 'http://example.org',
      fhirVersion: '4.0.1',
    },
    definitions: [{ file: 'StructureDefinition-p.json', resource: profile }],
  }

  assert.deepEqual(await read(files), expected)
  assert.deepEqual(await read(files, 1), expected)
})

test('what is no package is refused with the reason', async () => {
  const packed = gzipSync(tarOf([packageJson]))
  const cases: readonly (readonly [() => Promise<unknown>, string])[] = [
    [() => readPackage(inPieces(Buffer.from('hello'), 10)), 'it is not packed by gzip, or is cut off'],
    [
      () => readPackage(inPieces(packed.subarray(0, packed.length - 12), 10)),
      'it is not packed by gzip, or is cut off',
    ],
    [() => readPackage(inPieces(gzipSync(Buffer.alloc(600, 'x')), 10)), 'it is no tar'],
    [
      () => readPackage(inPieces(gzipSync(tarOf([packageJson]).subarray(0, 530)), 10)),
      'it ends in the middle of an entry',
    ],
    [
      () => read([json('package/ValueSet-v.json', { resourceType: 'ValueSet' })]),
      'it has no package/package.json',
    ],
    [() => read([json('package/package.json', { name: 'x' })]), 'its package.json names no name and version'],
    [
      () => read([json('package/package.json', { ...manifest, fhirVersions: ['5.0.0'] })]),
      'it is for FHIR 5.0.0, and this is 4.0.1',
    ],
    [() => read([packageJson, { name: 'package/ValueSet-v.json', text: '{' }]), 'ValueSet-v.json is no JSON'],
  ]
  for (const [reading, reason] of cases) {
    assert.deepEqual(await refusal(reading()), [
      'invalid',
      'profiles.no-package',
      `this is no FHIR package: ${reason}`,
    ])
  }
})

test('names that lead out of the package are refused, though nothing is ever written under them', async () => {
  const reason = 'an entry has a name that leads out of the package or is too long'
  for (const name of [
    '../x.json',
    '/etc/x.json',
    'package/../../x.json',
    'package\\x.json',
    `package/${'a/'.repeat(9)}x`,
  ]) {
    assert.deepEqual(await refusal(read([packageJson, { name, text: '{}' }])), [
      'invalid',
      'profiles.no-package',
      `this is no FHIR package: ${reason}`,
    ])
  }
})

test('a bomb is refused before it is unpacked', async () => {
  const large = `{"resourceType":"ValueSet","description":"${' '.repeat(mostEntryBytes)}"}`
  assert.deepEqual(await refusal(read([packageJson, { name: 'package/ValueSet-v.json', text: large }])), [
    'tooLarge',
    'profiles.too-large',
    `an entry of a package may have ${mostEntryBytes} bytes`,
  ])

  const zeros = gzipSync(Buffer.alloc(64 * 1_048_576))
  async function* bomb() {
    yield gzipSync(
      tarOf([{ name: 'package/other/zeros.bin', text: '', size: mostUnpackedBytes * 2 }]).subarray(0, 512),
    )
    for (let times = 0; times < 40; times++) yield zeros
  }
  assert.deepEqual((await refusal(readPackage(bomb()))).slice(0, 2), ['tooLarge', 'profiles.too-large'])
})
