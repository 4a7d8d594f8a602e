/** What is withdrawn, refused or masked in one process acts in every other: with the commit, or as the log tells, never by waiting. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { TenantId } from '@xinglin/events'
import type { Resource } from '@xinglin/fhir'
import { testIdentity } from '../test-identity.ts'

const here = await testIdentity()
const program = fileURLToPath(new URL('./testing/looking-process.ts', import.meta.url))
const consent = (id: string, status: 'active' | 'inactive'): Resource & { id: string } => ({
  resourceType: 'Consent',
  id,
  status,
  scope: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
  },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: 'Patient/asha' },
  policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTOUT' }] },
})

async function put(resource: Resource & { id: string }): Promise<void> {
  await here.records.commit({ tenant: 1 as TenantId, actor: 'system/test' }, (unit) =>
    unit.write([{ kind: 'update', resource }]),
  )
}

test('another process follows a consent, its withdrawal, a mask and a first label without being asked again', async () => {
  await put({ resourceType: 'Patient', id: 'asha', name: [{ text: '张三' }] })
  const other = spawn(process.execPath, [program, here.database.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  after(() => other.kill('SIGKILL'))
  const lines = createInterface({ input: other.stdout })[Symbol.asyncIterator]()
  const next = async () => (await lines.next()).value

  const first = await next()
  // The first consent that the institution ever has: the other process has to hear that consents are in use at all.
  await put(consent('c1', 'active'))
  const refused = await next()
  await put(consent('c1', 'inactive'))
  const withdrawn = await next()
  await here.identity.masking.set(here.administrator, {
    role: 'technician',
    fields: ['name'],
    hasWatermark: false,
    reason: '窗口岗位',
  })
  const masked = await next()
  // The first label that the institution ever has.
  await put({
    ...{ resourceType: 'Patient', id: 'asha', name: [{ text: '张三' }] },
    meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'CEL' }] },
  })
  const labelled = await next()

  assert.deepEqual([first, refused, withdrawn, masked, labelled], ['张三', 'hidden', '张三', '张*', 'hidden'])
})
