/**
 * The NPM package format of FHIR (confluence.hl7.org, FHIR Package Specification): `package/package.json` with name, version
 * and FHIR version, and the definitions as `package/<anything>.json`; examples and other folders are passed over.
 */
import { createGunzip } from 'node:zlib'
import type { Resource } from '@xinglin/fhir'
import { mostDefinitionBytes, mostPackedBytes } from './limits.ts'
import { noPackage, readTar, tooBig } from './read-tar.ts'

export type Manifest = {
  readonly name: string
  readonly version: string
  readonly canonical?: string
  readonly title?: string
  readonly fhirVersion?: string
}

export type PackagedDefinition = {
  readonly file: string
  readonly resource: Resource & { url?: string; version?: string }
}

export type Package = { readonly manifest: Manifest; readonly definitions: readonly PackagedDefinition[] }

const kept: ReadonlySet<string> = new Set([
  'StructureDefinition',
  'ValueSet',
  'CodeSystem',
  'ConceptMap',
  'SearchParameter',
  'CapabilityStatement',
])

/** Everything of a package that is stored. Throws `invalid` or `tooLarge`; nothing of it was kept then. */
export async function readPackage(archive: AsyncIterable<Uint8Array>): Promise<Package> {
  const definitions: PackagedDefinition[] = []
  let manifest: Manifest | undefined
  let bytes = 0
  for await (const { name, bytes: content } of readTar(unzipped(archive), isDefinition)) {
    bytes += content.length
    if (bytes > mostDefinitionBytes)
      throw tooBig(`the definitions of a package may have ${mostDefinitionBytes} bytes`)
    const file = name.slice('package/'.length)
    const parsed = parse(file, content)
    if (file === 'package.json') manifest = manifestOf(parsed)
    else if (isKept(parsed)) definitions.push({ file, resource: parsed })
  }
  if (!manifest) throw noPackage('it has no package/package.json')
  return { manifest, definitions }
}

/** Directly in `package`; `.index.json` lists the others. */
function isDefinition(name: string): boolean {
  return /^package\/[^/.][^/]*\.json$/.test(name)
}

async function* unzipped(archive: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip()
  const feeding = feed(archive, gunzip)
  // Its failure comes out of the reading below, which ends by the destroyed stream.
  feeding.catch((cause: unknown) => gunzip.destroy(cause instanceof Error ? cause : undefined))
  try {
    for await (const chunk of gunzip) yield chunk
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_'))
      throw noPackage('it is not packed by gzip, or is cut off', cause)
    throw cause
  }
  await feeding
}

async function feed(
  archive: AsyncIterable<Uint8Array>,
  gunzip: ReturnType<typeof createGunzip>,
): Promise<void> {
  let bytes = 0
  for await (const chunk of archive) {
    bytes += chunk.length
    if (bytes > mostPackedBytes) throw tooBig(`a package may have ${mostPackedBytes} bytes`)
    if (gunzip.destroyed) return
    if (!gunzip.write(chunk)) await drained(gunzip)
  }
  gunzip.end()
}

function drained(gunzip: ReturnType<typeof createGunzip>): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      gunzip.off('drain', settle)
      gunzip.off('close', settle)
      resolve()
    }
    gunzip.on('drain', settle)
    gunzip.on('close', settle)
  })
}

function parse(file: string, content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString('utf8'))
  } catch (cause) {
    throw noPackage(`${file} is no JSON`, cause)
  }
}

function isKept(parsed: unknown): parsed is PackagedDefinition['resource'] {
  return isObject(parsed) && kept.has(String(parsed.resourceType))
}

function manifestOf(parsed: unknown): Manifest {
  if (!isObject(parsed) || !isName(parsed.name) || !isName(parsed.version))
    throw noPackage('its package.json names no name and version')
  const versions = Array.isArray(parsed.fhirVersions) ? parsed.fhirVersions : []
  const fhirVersion = versions.find((each) => typeof each === 'string')
  if (fhirVersion !== undefined && !String(fhirVersion).startsWith('4.0'))
    throw noPackage(`it is for FHIR ${String(fhirVersion).slice(0, 20)}, and this is 4.0.1`)
  return {
    name: parsed.name,
    version: parsed.version,
    ...(typeof parsed.canonical === 'string' ? { canonical: parsed.canonical } : {}),
    ...(typeof parsed.title === 'string' ? { title: parsed.title } : {}),
    ...(fhirVersion === undefined ? {} : { fhirVersion: String(fhirVersion) }),
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** As registries allow them. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9@/._+-]{1,200}$/.test(value)
}
