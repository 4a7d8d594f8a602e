/** What the tests of the authorisation server stand on: a hospital with two administrators, a doctor, patients and apps. */
import type { Resource } from '@xinglin/fhir'
import type { Actor, AppProposal, GuardedRecords } from '@xinglin/identity'
import { type TestKernel, testKernel } from '@xinglin/testkit'
import * as openid from 'openid-client'
import { type AuthorizationServer, registerAuthorizationServer } from '../authorization-server.ts'
import { type Browser, createBrowser } from './browser.ts'

const password = 'Willow-58-hill'
/** Where the apps of the tests live: nobody answers there, the browser of the tests stops before it. */
export const callback = 'https://app.example.org/callback'

export type Hospital = Awaited<ReturnType<typeof testHospital>>

/** Everything on one database; the clock is that of the machine, since oidc-provider looks at no other. */
export async function testHospital() {
  let server: AuthorizationServer | undefined
  const kernel = await testKernel({
    listen: true,
    start: new Date().toISOString(),
    limits: { signInsPerMinute: 10_000, anonymousRequestsPerSecond: 10_000 },
    async register(parts) {
      server = await registerAuthorizationServer(parts, {
        keyNetworks: ['127.0.0.0/8'],
      })
    },
  })
  if (!server) throw new Error('the authorisation server was not registered')
  const first = await person(kernel, 'first.admin', ['administrator'])
  const second = await person(kernel, 'second.admin', ['administrator'])
  const doctor = await person(kernel, 'lin.mei', ['clinician'])
  const context = await fill(kernel)
  const issuer = new URL(kernel.baseUrl)
  return {
    ...{ kernel, server, doctor, issuer, fhirBase: `${kernel.baseUrl}/fhir/R4`, ...context },
    administrators: { first, second },
    /** Lets an app in by two people. */
    async letIn(proposal: Partial<AppProposal> & Pick<AppProposal, 'id' | 'scopes'>): Promise<string> {
      const app: AppProposal = {
        ...{ name: 'Growth chart', publisher: 'Willow Software', purpose: 'Draws growth', kind: 'public' },
        redirectUris: proposal.kind === 'service' ? [] : [callback],
        ...proposal,
      }
      const { id } = await kernel.identity.apps.register(first, app)
      await kernel.identity.apps.approve(second, { id, reason: 'looked at it' })
      return id
    },
    /** A browser in which the doctor is signed in. */
    async atDesk(): Promise<Browser> {
      const browser = createBrowser(kernel.baseUrl)
      await browser.signIn('lin.mei', password)
      return browser
    },
    /** The record as the bearer of a token may use it; throws where nobody is behind the token. */
    async recordBy(token: string): Promise<GuardedRecords> {
      const actor = await kernel.identity.clients.tokenActor(token)
      if (!actor) throw new Error('nobody is behind this token')
      return kernel.identity.recordsFor(actor)
    },
    browser: () => createBrowser(kernel.baseUrl),
    password,
  }
}

async function person(
  { identity, actor }: TestKernel,
  login: string,
  roles: readonly string[],
): Promise<Actor> {
  const { oneTimePassword } = await identity.people.create(actor, { login, display: login, roles })
  const { token, actor: fresh } = await identity.accounts.signIn({ login, password: oneTimePassword })
  await identity.accounts.changePassword(fresh, { current: oneTimePassword, next: password })
  const signedIn = await identity.accounts.sessionActor(token)
  if (!signedIn) throw new Error(`${login} is not signed in`)
  return signedIn
}

async function fill({ identity, actor }: TestKernel) {
  return identity.recordsFor(actor).commit(async (unit) => {
    const made = async (resource: Resource) => {
      const [version] = await unit.write([{ kind: 'create', resource }])
      if (!version) throw new Error('nothing was written')
      return version.id
    }
    const asha = await made({
      resourceType: 'Patient',
      name: [{ family: 'Rao', given: ['Asha'] }],
      gender: 'female',
    })
    const leo = await made({
      resourceType: 'Patient',
      name: [{ family: 'Wang', given: ['Leo'] }],
      gender: 'male',
    })
    const visit = await made({
      resourceType: 'Encounter',
      status: 'in-progress',
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
      subject: { reference: `Patient/${asha}` },
    })
    const category = (code: string) => [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code }] },
    ]
    for (const patient of [asha, leo])
      for (const code of ['laboratory', 'vital-signs'])
        await made({
          resourceType: 'Observation',
          status: 'final',
          category: category(code),
          code: { text: code },
          subject: { reference: `Patient/${patient}` },
        })
    return { asha, leo, visit }
  })
}

/** What a strict public client knows of the server, read from its discovery document. */
export function discovered(
  { issuer }: Pick<Hospital, 'issuer'>,
  id: string,
  options: { readonly metadata?: Partial<openid.ClientMetadata>; readonly proof?: openid.ClientAuth } = {},
): Promise<openid.Configuration> {
  return openid.discovery(issuer, id, options.metadata, options.proof ?? openid.None(), {
    execute: [openid.allowInsecureRequests],
  })
}
