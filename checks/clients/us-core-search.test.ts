/**
 * The search set of US Core 6.1.0 on Inferno's reference data: each parameter and each combination that its server
 * CapabilityStatement names finds the resource whose own values are asked for, with nothing ignored.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { fetchToken, startPlatform } from '@xinglin/client'
import type {
  Bundle,
  CapabilityStatement,
  CapabilityStatementRestResource,
  FhirResource,
} from '@xinglin/fhir'
import { type IndexValues, indexOf } from '@xinglin/fhir/search'
import { validate } from '@xinglin/fhir/validate'

const data = new URL('../../../shared/data/', import.meta.url)
const guide = new URL('us-core-6.1.0/us_core_610.tgz', data)
const patients = new URL('inferno-reference-data/', data)
const skip =
  existsSync(guide) && existsSync(patients)
    ? false
    : 'US Core and the reference data are not beside the repository'

/** US Core defines these itself, as SearchParameter resources of its own; R4 has none of that name. */
const ownOfUsCore: ReadonlySet<string> = new Set([
  'CareTeam.role',
  'Condition.asserted-date',
  'Encounter.discharge-disposition',
  'Goal.description',
])

test('every search that US Core 6.1.0 asks of a server finds what it should', { skip }, async (context) => {
  const platform = await startPlatform({ environment: { XINGLIN_LOG_LEVEL: 'warn' } })
  context.after(() => platform.stop())
  const token = (await fetchToken(platform.baseUrl, platform.client)).value
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${platform.baseUrl}/fhir/R4${path}`, {
      ...init,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/fhir+json',
        prefer: 'return=representation, handling=strict',
      },
    })
  const resources = await load(ask)

  const wrong: string[] = []
  const empty: string[] = []
  let asked = 0
  for (const search of searchesOf(capabilities())) {
    const query = queryFor(search, resources)
    if (!query) {
      empty.push(nameOf(search))
      continue
    }
    asked++
    const answer = await ask(`/${search.type}?${query.text}&_count=1000`)
    const found = answer.status === 200 ? (((await answer.json()) as Bundle).entry ?? []) : []
    if (!found.some(({ resource }) => resource?.id === query.id))
      wrong.push(`${search.type}?${query.text} is answered ${answer.status}, without ${query.id}`)
  }

  context.diagnostic(`${asked} searches asked; no example in the data for ${empty.join(', ')}`)
  assert.deepEqual(wrong, [])
  assert.ok(asked >= 80, `${asked}`)
})

type Ask = (path: string, init?: RequestInit) => Promise<Response>

/** Inferno's data has one resource that R4 does not allow; a transaction with it would load nothing. */
const refused = ['Period has no element stop']

/** Sends the transactions of the reference patients; answers the resources as they are stored. */
async function load(ask: Ask): Promise<readonly FhirResource[]> {
  const loaded: FhirResource[] = []
  const reasons: (string | undefined)[] = []
  for (const file of readdirSync(patients).filter((name) => name.startsWith('uscore_bundle_'))) {
    const bundle = JSON.parse(readFileSync(new URL(file, patients), 'utf8')) as Bundle
    const entry = (bundle.entry ?? []).filter(({ resource }) => {
      const [issue] = validate(resource)
      if (issue) reasons.push(issue.diagnostics)
      return !issue
    })
    const answer = await ask('', { method: 'POST', body: JSON.stringify({ ...bundle, entry }) })
    const said = (await answer.json()) as Bundle<FhirResource>
    assert.equal(answer.status, 200, `${file}: ${JSON.stringify(said).slice(0, 500)}`)
    loaded.push(...(said.entry ?? []).flatMap(({ resource }) => (resource ? [resource] : [])))
  }
  assert.deepEqual(reasons, refused)
  return loaded
}

type Search = { readonly type: string; readonly parameters: readonly string[] }

function nameOf({ type, parameters }: Search): string {
  return `${type}?${parameters.join('&')}`
}

function searchesOf(statement: CapabilityStatement): readonly Search[] {
  return (statement.rest?.[0]?.resource ?? []).flatMap((resource) => {
    const single = (resource.searchParam ?? []).map(({ name }) => [name])
    return [...single, ...combinationsOf(resource)]
      .filter((parameters) => parameters.every((name) => !ownOfUsCore.has(`${resource.type}.${name}`)))
      .map((parameters) => ({ type: resource.type, parameters }))
  })
}

function combinationsOf({ extension = [] }: CapabilityStatementRestResource): readonly (readonly string[])[] {
  return extension
    .filter(({ url }) => url.endsWith('/capabilitystatement-search-parameter-combination'))
    .map((combination) =>
      (combination.extension ?? []).flatMap(({ url, valueString }) =>
        url === 'required' && valueString !== undefined ? [valueString] : [],
      ),
    )
}

/** The first resource that has a value for each parameter, and the query of those values. */
function queryFor({ type, parameters }: Search, resources: readonly FhirResource[]) {
  for (const resource of resources) {
    if (resource.resourceType !== type) continue
    const values = indexOf(resource, { timeZone: 'UTC' })
    const pairs = parameters.map((name) => askedValue(resource, values, name))
    if (pairs.every((pair) => pair !== undefined)) return { id: resource.id, text: pairs.join('&') }
  }
  return undefined
}

function askedValue(resource: FhirResource, values: IndexValues, name: string): string | undefined {
  const mine = <T extends { readonly parameter: string }>(all: readonly T[]) =>
    all.find(({ parameter }) => parameter === name)
  if (name === '_id') return `_id=${resource.id}`
  const [token, text, reference, date] = [
    mine(values.tokens),
    mine(values.strings),
    mine(values.references),
    mine(values.dates),
  ]
  if (token?.code !== undefined)
    return `${name}=${encodeURIComponent(token.system === undefined ? token.code : `${token.system}|${token.code}`)}`
  if (text) return `${name}=${encodeURIComponent(text.text.split(/[\s,]/)[0] ?? '')}`
  if (reference) return `${name}=${encodeURIComponent(reference.url ?? `${reference.type}/${reference.id}`)}`
  if (!date) return undefined
  // As US Core has it: a period from and until, which holds the first moment of the value.
  const [from, until] = [date.lowMs - 1000, date.lowMs + 86_400_000].map((ms) => new Date(ms).toISOString())
  return `${name}=ge${from}&${name}=le${until}`
}

/** The server's CapabilityStatement from the package (tar of 512-byte blocks, gzip). */
function capabilities(): CapabilityStatement {
  const tar = gunzipSync(readFileSync(guide))
  for (let offset = 0; offset + 512 <= tar.length && tar[offset] !== 0; ) {
    const name = tar.toString('latin1', offset, offset + 100).replace(/\0.*$/s, '')
    const size = Number.parseInt(tar.toString('latin1', offset + 124, offset + 136), 8)
    if (name.endsWith('CapabilityStatement-us-core-server.json'))
      return JSON.parse(tar.toString('utf8', offset + 512, offset + 512 + size)) as CapabilityStatement
    offset += 512 + Math.ceil(size / 512) * 512
  }
  throw new Error('the package has no server CapabilityStatement')
}
