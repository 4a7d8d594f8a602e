/**
 * What deciding costs a read by id over HTTP, in CPU time of this process and of PostgreSQL together:
 * `node launch.mjs bench/decision.ts`. The same server reads once decided and once without a decision, in turns; then where
 * labels narrow what the reader sees. The reader is a process of its own that is not counted.
 */
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { registerFhirApi } from '@xinglin/fhir-api'
import type { Actor, GuardedRecords } from '@xinglin/identity'
import { testKernel } from '@xinglin/testkit'
import { cpuMs } from './cpu.ts'

const execute = promisify(execFile)

const reads = 10_000
const atOnce = 16
const rounds = 3
const url = '/fhir/R4/Patient/leo'
const limits = { actorRequestsPerSecond: 1_000_000 }
type Kernel = Awaited<ReturnType<typeof testKernel>>

/** The record with its audit entries and no decision. */
function undecided(kernel: Kernel, actor: Actor, decided: GuardedRecords): GuardedRecords {
  return {
    ...decided,
    async read(type, id) {
      const version = await kernel.records.read(actor.tenant, type, id)
      const seen = { resourceType: type, resourceId: id, patient: id }
      await kernel.identity.audit(actor, { action: 'read', outcome: 'allowed', ...seen })
      return version
    },
  }
}

type Hospital = { readonly kernel: Kernel; readonly measure: () => Promise<number> }

async function hospital({
  isDecided,
  isLabelled = false,
}: {
  isDecided: boolean
  isLabelled?: boolean
}): Promise<Hospital> {
  const kernel: Kernel = await testKernel({
    ...{ limits, listen: true },
    register(own) {
      if (isDecided) return registerFhirApi(own)
      const recordsFor = (actor: Actor) => undecided(kernel, actor, own.identity.recordsFor(actor))
      return registerFhirApi({ ...own, identity: { ...own.identity, recordsFor } })
    },
  })
  const { authorization } = await kernel.authorisation()
  const put = (id: string, meta: object) =>
    kernel.web.http.inject({
      ...{ method: 'PUT', url: `/fhir/R4/Patient/${id}` },
      headers: { authorization, 'content-type': 'application/fhir+json' },
      payload: { resourceType: 'Patient', id, name: [{ family: 'Li' }], birthDate: '1980-01-01', ...meta },
    })
  await put('leo', {})
  const vip = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'CEL' }
  if (isLabelled) await put('vera', { meta: { security: [vip] } })
  const reader = fileURLToPath(new URL('./audit-reader.ts', import.meta.url))
  return {
    kernel,
    async measure() {
      const before = await cpuMs(kernel.database)
      await execute(process.execPath, [
        reader,
        `${kernel.baseUrl}${url}`,
        authorization,
        String(reads),
        String(atOnce),
      ])
      await kernel.identity.stop()
      return ((await cpuMs(kernel.database)) - before) / reads
    },
  }
}

test('the cost of deciding a read', async () => {
  const hospitals = {
    undecided: await hospital({ isDecided: false }),
    decided: await hospital({ isDecided: true }),
    labelled: await hospital({ isDecided: true, isLabelled: true }),
  }
  const figures: Record<keyof typeof hospitals, number[]> = { undecided: [], decided: [], labelled: [] }
  for (let round = 0; round <= rounds; round++)
    for (const name of ['undecided', 'decided', 'labelled'] as const) {
      const ms = await hospitals[name].measure()
      // The first round warms up.
      if (round > 0) figures[name].push(ms)
    }
  const middle = (name: keyof typeof figures) =>
    figures[name].toSorted((one, other) => one - other)[Math.floor(rounds / 2)] ?? 0
  const base = middle('undecided')
  const share = (name: keyof typeof figures) => `${((middle(name) / base - 1) * 100).toFixed(1)}%`
  process.stdout.write(
    `read without a decision ${base.toFixed(3)} ms CPU; decided ${middle('decided').toFixed(3)} (${share('decided')} more); where labels narrow ${middle('labelled').toFixed(3)} (${share('labelled')} more)\n`,
  )
})
