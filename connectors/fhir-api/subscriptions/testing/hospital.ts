/** A hospital with the FHIR door, its subscriptions at work, and clients that subscribe as others do. */
import { after } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Encounter, Resource, Subscription } from '@xinglin/fhir'
import { type TestKernel, testKernel } from '@xinglin/testkit'
import { fhirPath, registerFhirApi } from '../../fhir-api.ts'
import { extensions } from '../canonicals.ts'
import type { PayloadContent } from '../definition/definition.ts'
import type { SubscriptionSettings } from '../settings.ts'
import { startSubscriptions, subscriptionsMigrations } from '../subscriptions.ts'

export const baseUrl = 'http://hospital.test/fhir/R4'

export type Answered = { readonly status: number; readonly body: unknown; readonly text: string }

export type Hospital = {
  readonly kernel: TestKernel
  readonly settings: SubscriptionSettings
  /** As the machine client with `system/*.*`, or with the scopes given. */
  ask(method: string, path: string, body?: unknown, scopes?: readonly string[]): Promise<Answered>
  /** Creates a Subscription and gives its id. */
  subscribe(subscription: Subscription, scopes?: readonly string[]): Promise<string>
  /** Settles when a Subscription has this status; fails after a minute. */
  untilStatus(id: string, status: string): Promise<Subscription>
  /** Starts another process' worth of work; stopped after the tests. */
  work(): Promise<{ stop(): Promise<void> }>
}

const patienceMs = 60_000

/** A hospital whose worker runs, unless it is told not to. */
export async function openHospital(
  options: Partial<SubscriptionSettings> & { isIdle?: boolean; listen?: boolean } = {},
): Promise<Hospital> {
  const { isIdle = false, listen = false, ...given } = options
  const settings = { baseUrl, networks: ['127.0.0.1'], attempts: 15, ...given }
  const kernel = await testKernel({
    listen,
    migrations: [subscriptionsMigrations],
    register: (each) => registerFhirApi(each, { baseUrl, subscriptions: settings }),
  })
  const work = async () => {
    const worker = await startSubscriptions(kernel, settings)
    let isStopped = false
    const stop = async () => {
      if (!isStopped) await worker.stop()
      isStopped = true
    }
    after(stop)
    return { stop }
  }
  const ask = async (method: string, path: string, body?: unknown, scopes?: readonly string[]) => {
    const answer = await kernel.web.http.inject({
      method: method as 'GET',
      url: `${fhirPath}/${path}`,
      headers: {
        ...(await kernel.authorisation(scopes)),
        ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    })
    const text = answer.body
    return { status: answer.statusCode, text, body: /^\s*[{[]/.test(text) ? JSON.parse(text) : undefined }
  }
  const hospital: Hospital = {
    ...{ kernel, settings, ask, work },
    async subscribe(subscription, scopes) {
      const { status, body, text } = await ask('POST', 'Subscription', subscription, scopes)
      if (status !== 201) throw new Error(`the subscription was refused: ${text}`)
      return (body as Subscription).id ?? ''
    },
    async untilStatus(id, status) {
      const giveUpAt = performance.now() + patienceMs
      for (;;) {
        const { body, text } = await ask('GET', `Subscription/${id}`)
        if ((body as Subscription).status === status) return body as Subscription
        if (performance.now() > giveUpAt) throw new Error(`not ${status}: ${text}`)
        await sleep(10)
      }
    },
  }
  if (!isIdle) await work()
  return hospital
}

export type Asked = {
  readonly topic?: string
  readonly endpoint?: string
  readonly content?: PayloadContent
  readonly filters?: readonly string[]
  readonly headers?: string[]
  readonly heartbeat?: number
  readonly timeout?: number
  readonly maxCount?: number
  readonly end?: string
  readonly payload?: string
}

/** A topic-based Subscription: by rest-hook where it has an endpoint, else by websocket. */
export function aSubscription(asked: Asked): Subscription {
  const { topic = 'urn:xinglin:topic:encounter-start', endpoint, content = 'id-only', filters = [] } = asked
  const numbers = [
    ...(asked.heartbeat === undefined
      ? []
      : [{ url: extensions.heartbeat, valueUnsignedInt: asked.heartbeat }]),
    ...(asked.timeout === undefined ? [] : [{ url: extensions.timeout, valueUnsignedInt: asked.timeout }]),
    ...(asked.maxCount === undefined ? [] : [{ url: extensions.maxCount, valuePositiveInt: asked.maxCount }]),
  ]
  return {
    resourceType: 'Subscription',
    status: 'requested',
    reason: 'a test of the ward',
    criteria: topic,
    ...(asked.end === undefined ? {} : { end: asked.end }),
    ...(filters.length === 0
      ? {}
      : {
          _criteria: { extension: filters.map((valueString) => ({ url: extensions.filter, valueString })) },
        }),
    channel: {
      type: endpoint === undefined ? 'websocket' : 'rest-hook',
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(numbers.length === 0 ? {} : { extension: numbers }),
      ...(asked.headers ? { header: asked.headers } : {}),
      payload: asked.payload ?? 'application/fhir+json',
      _payload: { extension: [{ url: extensions.content, valueCode: content }] },
    },
  }
}

/** An encounter of a patient; inpatient and in progress unless said otherwise. */
export function aStay(id: string, patient: string, status: Encounter['status'] = 'in-progress'): Encounter {
  return {
    resourceType: 'Encounter',
    id,
    status,
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
    subject: { reference: `Patient/${patient}` },
  }
}

/** Puts resources one after the other; each must be accepted. */
export async function put(
  hospital: Hospital,
  ...resources: readonly (Resource & { id?: string })[]
): Promise<void> {
  for (const resource of resources) {
    const { status, text } = await hospital.ask('PUT', `${resource.resourceType}/${resource.id}`, resource)
    if (status !== 200 && status !== 201) throw new Error(`refused: ${text}`)
  }
}
