/** A kernel with the FHIR door whose bulk work runs, and clients that ask, wait and fetch. */
import { after } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Resource } from '@xinglin/fhir'
import { type TestKernel, testKernel, testTenant } from '@xinglin/testkit'
import { registerFhirApi } from '../../fhir-api.ts'
import { bulkMigrations, bulkTasks } from '../bulk.ts'

export const baseUrl = 'http://hospital.test/fhir/R4'

export type Answered = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
}
export type Asked = {
  readonly body?: unknown
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly scopes?: readonly string[]
}
export type BulkDoor = {
  readonly kernel: TestKernel
  /** `path` below the door, or a whole address of it. */
  ask(method: string, path: string, asked?: Asked): Promise<Answered>
  /** Asks with `Prefer: respond-async` and gives the last answer of the status address. */
  wait(method: string, path: string, asked?: Asked): Promise<Answered>
  write(...resources: readonly (Resource & { readonly id: string })[]): Promise<void>
  delete(type: 'Patient' | 'Observation', id: string): Promise<void>
}

const patienceMs = 30_000

export async function openBulkDoor(importOrigins: readonly string[] = []): Promise<BulkDoor> {
  const kernel = await testKernel({
    migrations: [bulkMigrations],
    register: (each) => registerFhirApi(each, { baseUrl, importOrigins }),
  })
  await kernel.jobs.start(bulkTasks(kernel, { importOrigins }))
  after(() => kernel.jobs.stop())
  const ask: BulkDoor['ask'] = async (method, path, { body, type, headers = {}, scopes } = {}) => {
    const hasBody = body !== undefined
    const answer = await kernel.web.http.inject({
      method: method as 'GET',
      url: path.startsWith(baseUrl) ? path.slice('http://hospital.test'.length) : `/fhir/R4/${path}`,
      headers: {
        ...(await kernel.authorisation(scopes)),
        ...(hasBody ? { 'content-type': type ?? 'application/fhir+json' } : {}),
        ...headers,
      },
      ...(hasBody ? { payload: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
    })
    return {
      status: answer.statusCode,
      headers: answer.headers as Record<string, string | undefined>,
      text: answer.body,
    }
  }
  const author = { tenant: testTenant, actor: 'Practitioner/test' }
  return {
    kernel,
    ask,
    async wait(method, path, asked = {}) {
      const begun = await ask(method, path, {
        ...asked,
        headers: { prefer: 'respond-async', ...asked.headers },
      })
      const address = begun.headers['content-location']
      if (begun.status !== 202 || address === undefined) return begun
      const endsMs = performance.now() + patienceMs
      for (;;) {
        const answer = await ask('GET', address, { scopes: asked.scopes ?? ['system/*.*'] })
        if (answer.status !== 202 || performance.now() > endsMs) return answer
        await sleep(50)
      }
    },
    async write(...resources) {
      await kernel.records.commit(author, (unit) =>
        unit.write(resources.map((resource) => ({ kind: 'update', resource }))),
      )
    },
    async delete(type, id) {
      await kernel.records.commit(author, (unit) => unit.write([{ kind: 'delete', type, id }]))
    },
  }
}
