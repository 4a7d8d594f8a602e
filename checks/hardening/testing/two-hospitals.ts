/** Two hospitals that differ by what an attacker may not see alone, each with the doors and rooms of a whole platform. */
import { chart } from '@xinglin/chart/server'
import { associate } from '@xinglin/client'
import { dicomMigrations, registerDicomWeb, startDicomNode } from '@xinglin/dicom-node'
import type { Resource } from '@xinglin/fhir'
import { bulkMigrations, registerFhirApi, subscriptionsMigrations } from '@xinglin/fhir-api'
import { imaging } from '@xinglin/imaging/server'
import { masterIndex, patientMatcher } from '@xinglin/master-index/server'
import { privacy } from '@xinglin/privacy/server'
import { recordExplorer } from '@xinglin/record-explorer/server'
import { type TestKernel, testKernel, testTenant } from '@xinglin/testkit'
import { foreign, house, important, open, sensitive, twin } from './charts.ts'
import { ctSlice, ctStorage } from './ct-slice.ts'

export type Hospital = {
  readonly kernel: TestKernel
  /** Headers of a clinician who is bound to his own patients, and has no right to sensitive records. */
  readonly clinician: Readonly<Record<string, string>>
  /** Headers of a service that holds every type, and no right to sensitive records. */
  readonly service: Readonly<Record<string, string>>
}

const administratorPassword = 'Apricot-Grove-2026'
const password = 'Willow-58-hill'
const unlimited = 1_000_000

/** What a hospital holds beside what everybody may see. */
type Holding = { readonly isLabelled: boolean; readonly isForeign: boolean }

/** A hospital; sensitive resources and those of another department are written before, between and after the others. */
export async function hospital({ isLabelled, isForeign }: Holding): Promise<Hospital> {
  const kernel = await testKernel({
    apps: [chart, imaging, masterIndex, privacy, recordExplorer],
    migrations: [dicomMigrations, subscriptionsMigrations, bulkMigrations],
    listen: true,
    limits: {
      actorRequestsPerSecond: unlimited,
      anonymousRequestsPerSecond: unlimited,
      signInsPerMinute: unlimited,
    },
    async register(each) {
      const subscriptions = { baseUrl: 'http://hospital.test/fhir/R4', networks: [], attempts: 3 }
      registerFhirApi(each, {
        ...{ baseUrl: 'http://hospital.test/fhir/R4', subscriptions, matcher: patientMatcher(each) },
      })
      await registerDicomWeb(each)
    },
  })
  const clinician = await clinicianOf(kernel)
  const add = async (isHeld: boolean, resources: readonly Resource[]) => {
    if (isHeld) await write(kernel, resources)
  }
  await write(kernel, house)
  await add(isLabelled, important)
  await write(kernel, open.slice(0, 9))
  await add(isForeign, foreign)
  await add(isLabelled, sensitive)
  await write(kernel, open.slice(9))
  await add(isForeign, twin)
  const again = (resources: readonly Resource[]) => resources.map((each) => ({ ...each, language: 'zh' }))
  await add(isLabelled, again(important))
  await add(isForeign, again(foreign))
  if (isLabelled) await remove(kernel, 'vera-glucose-2')
  if (isForeign) await remove(kernel, 'cai-glucose-2')
  await images(kernel, [...(isLabelled ? ['vera'] : []), 'asha', ...(isForeign ? ['cai'] : [])])
  const service = await kernel.authorisation(['system/*.*'])
  return { kernel, clinician, service }
}

async function write({ records }: TestKernel, resources: readonly Resource[]): Promise<void> {
  await records.commit({ tenant: testTenant, actor: 'system/test' }, (unit) =>
    unit.write(resources.map((resource) => ({ kind: 'update', resource }))),
  )
}

async function remove({ records }: TestKernel, id: string): Promise<void> {
  await records.commit({ tenant: testTenant, actor: 'system/test' }, (unit) =>
    unit.write([{ kind: 'delete', type: 'Observation', id }]),
  )
}

async function clinicianOf({ identity, records }: TestKernel): Promise<Readonly<Record<string, string>>> {
  await identity.ensureAdministrator({ password: administratorPassword })
  const { actor: administrator } = await identity.accounts.signIn({
    login: 'admin',
    password: administratorPassword,
  })
  const { oneTimePassword } = await identity.people.create(administrator, {
    login: 'li',
    display: 'li',
    roles: ['clinician'],
  })
  const { actor, token } = await identity.accounts.signIn({ login: 'li', password: oneTimePassword })
  await identity.accounts.changePassword(actor, { current: oneTimePassword, next: password })
  const account = [{ system: 'urn:xinglin:account', value: actor.reference }]
  await records.commit({ tenant: testTenant, actor: 'system/test' }, (unit) =>
    unit.write([
      {
        kind: 'update',
        resource: { resourceType: 'Practitioner', id: 'li', identifier: account } as Resource,
      },
    ]),
  )
  await identity.policies.save(administrator, {
    reason: 'own patients',
    policy: {
      id: 'doctors',
      title: { zh: '医生', en: 'Doctors' },
      role: 'clinician',
      types: ['*'],
      interactions: 'crus',
      patients: 'own-patients',
      afterDays: 30,
      purposes: [],
      hidden: [],
      isActive: true,
    },
  })
  return { cookie: `xinglin_session=${token}`, 'x-xinglin': '1' }
}

/** Studies of these patients, found by their numbers; each is awaited in the record. */
async function images(kernel: TestKernel, patients: readonly string[]): Promise<void> {
  const node = await startDicomNode(kernel, {
    bind: '127.0.0.1',
    port: 0,
    aeTitle: 'XINGLIN',
    tenant: testTenant,
  })
  const association = await associate(
    { host: '127.0.0.1', port: node.port, callingTitle: 'CT', calledTitle: 'XINGLIN' },
    [ctStorage],
  )
  for (const patient of patients) {
    const status = await association.store(ctSlice(patient))
    if (status !== 0) throw new Error(`the study of ${patient} was answered ${status}`)
  }
  await association.release()
  while (((await kernel.records.counts(testTenant)).ImagingStudy ?? 0) < patients.length)
    await new Promise((resolve) => setTimeout(resolve, 20))
  await node.stop()
}
