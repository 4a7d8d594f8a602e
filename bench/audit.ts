/**
 * What auditing costs a read, in CPU time of this process and of PostgreSQL together, because machines are shared:
 * `node launch.mjs bench/audit.ts`. The reader is a process of its own that is not counted.
 */
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { registerFhirApi } from '@xinglin/fhir-api'
import { createSealer } from '@xinglin/identity/audit'
import { testKernel } from '@xinglin/testkit'
import { cpuMs } from './cpu.ts'

const execute = promisify(execFile)

const reads = 10_000
const atOnce = 16
const rounds = 3

test('the cost of auditing a read', async () => {
  const limits = { actorRequestsPerSecond: 1_000_000 }
  const kernel = await testKernel({ limits, listen: true, register: (each) => registerFhirApi(each) })
  const headers = await kernel.authorisation()
  const url = '/fhir/R4/Patient/leo'
  const payload = { resourceType: 'Patient', id: 'leo', name: [{ family: 'Li' }], birthDate: '1980-01-01' }
  await kernel.web.http.inject({
    method: 'PUT',
    url,
    headers: { ...headers, 'content-type': 'application/fhir+json' },
    payload,
  })

  const inParallel = (act: () => Promise<unknown>) =>
    Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let done = 0; done < reads / atOnce; done++) await act()
      }),
    )
  const readAll = () =>
    execute(process.execPath, [
      fileURLToPath(new URL('./audit-reader.ts', import.meta.url)),
      ...[`${kernel.baseUrl}${url}`, headers.authorization, String(reads), String(atOnce)],
    ])
  const note = () =>
    kernel.identity.audit(kernel.actor, {
      ...{ action: 'read', outcome: 'allowed', resourceType: 'Patient', resourceId: 'leo', patient: 'leo' },
    })
  const measure = async (act: () => Promise<unknown>) => {
    const before = await cpuMs(kernel.database)
    await act()
    return ((await cpuMs(kernel.database)) - before) / reads
  }
  const { database, keys, runtime } = kernel
  const sealer = createSealer({ database, keys, runtime, algorithm: 'sha256' })

  const figures: { read: number; note: number; seal: number }[] = []
  for (let round = 0; round <= rounds; round++) {
    const whole = await measure(() => readAll().then(() => kernel.identity.stop()))
    await sealer.seal()
    const noted = await measure(() => inParallel(note).then(() => kernel.identity.stop()))
    const sealed = await measure(() => sealer.seal())
    // The first round warms up.
    if (round > 0) figures.push({ read: whole, note: noted, seal: sealed })
  }
  const middle = (key: 'read' | 'note' | 'seal') =>
    figures.map((each) => each[key]).sort((one, other) => one - other)[Math.floor(rounds / 2)] ?? 0
  const [whole, noted, sealed] = [middle('read'), middle('note'), middle('seal')]
  const share = (noted + sealed) / (whole - noted)
  process.stdout.write(
    `read with its entry ${whole.toFixed(3)} ms CPU; of it the entry ${noted.toFixed(3)} ms; its seal ${sealed.toFixed(3)} ms; auditing ${(share * 100).toFixed(1)}% of an unaudited read\n`,
  )
})
