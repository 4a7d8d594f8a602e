/** What stands out in the trail: nights, masses, the same name, a colleague; judged once, by somebody else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Actor } from '../../identity.ts'
import { refusalOf, signedInPerson } from '../../test-identity.ts'
import { testTrail } from '../proof/test-trail.ts'
import { findAnomalies } from './find-anomalies.ts'
import { reviewAnomaly } from './reviews.ts'
import { anomalyRules, ruleVersions, saveAnomalyRule } from './rules.ts'
import { waitingAnomalies, watchAnomalies } from './watch.ts'

const { database, events, identity, runtime, records } = await testTrail()
await identity.ensureAdministrator({ password: 'Heron-47-lake' })
const { actor: administrator } = await identity.accounts.signIn({ login: 'admin', password: 'Heron-47-lake' })
const { tenant } = administrator
const { actor: signedIn } = await signedInPerson(
  { identity, administrator },
  { login: 'li', roles: ['clinician'] },
)
await signedInPerson({ identity, administrator }, { login: 'wang.mei', roles: ['nurse'] })
const doctor: Actor = { ...signedIn, display: '李伟' }
const parts = { database, records, timeZone: runtime.timeZone }
const start = runtime.now()
const hourMs = 3_600_000

const patient = (id: string, text: string) =>
  records.commit({ tenant, actor: 'system/test' }, (unit) =>
    unit.write([{ kind: 'update', resource: { resourceType: 'Patient', id, name: [{ text }] } }]),
  )
await patient('cousin', '李芳')
await patient('nurse', 'wang.mei')
await patient('stranger', '赵云')

const open = (id: string) =>
  identity.audit(doctor, {
    action: 'read',
    outcome: 'allowed',
    resourceType: 'Patient',
    resourceId: id,
    patient: id,
  })
const find = async () => {
  await identity.stop()
  runtime.advance(1_000)
  return findAnomalies(parts, { tenant, from: start, until: runtime.now() })
}
const lines = async () =>
  (await find()).map(({ rule, patient: whose, patients }) => `${rule} ${whose ?? patients}`).sort()

test('a chart of the same family name and a colleague stand out, others do not', async () => {
  for (const id of ['cousin', 'nurse', 'stranger']) await open(id)
  assert.deepEqual(await lines(), ['colleague nurse', 'same-name cousin'])
})

test('many charts in one hour stand out, and many in one night, over midnight', async () => {
  for (let index = 0; index < 60; index++) await open(`mass-${index}`)
  runtime.advance(15 * hourMs)
  for (let index = 0; index < 6; index++) await open(`night-${index}`)
  runtime.advance(2 * hourMs)
  for (let index = 6; index < 12; index++) await open(`night-${index}`)
  assert.deepEqual(await lines(), ['colleague nurse', 'mass 63', 'night 12', 'same-name cousin'])
})

const set = (rule: Omit<Parameters<typeof saveAnomalyRule>[2], 'at' | 'reason'>) =>
  database.transaction((transaction) =>
    saveAnomalyRule(transaction, administrator, { ...rule, reason: 'ward rounds', at: runtime.now() }),
  )

test('thresholds are versions: set higher, or off, a rule is silent; nonsense and what is outdated is refused', async () => {
  await set({ id: 'mass', version: 0, isOn: true, thresholds: { patients: 64 } })
  await set({ id: 'same-name', version: 0, isOn: false, thresholds: {} })
  assert.deepEqual(await lines(), ['colleague nurse', 'night 12'])
  assert.deepEqual(
    [
      await refusalOf(() => set({ id: 'mass', version: 1, isOn: true, thresholds: { patients: 0 } })),
      await refusalOf(() => set({ id: 'mass', version: 0, isOn: true, thresholds: { patients: 70 } })),
      await refusalOf(() => set({ id: 'mass', version: 1, isOn: true, thresholds: { patients: 65 } })),
    ],
    ['invalid identity.anomaly-rule', 'conflict identity.anomaly-rule-changed', 'done'],
  )
  const [mass] = (await anomalyRules(database, tenant)).filter(({ id }) => id === 'mass')
  assert.deepEqual(mass, { id: 'mass', version: 2, isOn: true, thresholds: { patients: 65 } })
  assert.deepEqual(
    (await ruleVersions(database, tenant, runtime.timeZone)).map(
      ({ id, version, thresholds, authorDisplay, reason }) =>
        `${id} ${version} ${JSON.stringify(thresholds)} ${authorDisplay === administrator.display} ${reason}`,
    ),
    [
      'mass 2 {"patients":65} true ward rounds',
      'mass 1 {"patients":64} true ward rounds',
      'same-name 1 {} true ward rounds',
    ],
  )
})

test('what stands out is told of once, and counted until somebody has judged it', async () => {
  await identity.stop()
  const watching = { ...parts, events, runtime }
  const told = [await watchAnomalies(watching), await watchAnomalies(watching)]
  assert.deepEqual([told, await waitingAnomalies(database, tenant, runtime.now())], [[2, 0], 2])
})

test('it is judged once, with its grounds, and never by who did it', async () => {
  const [night] = (await find()).filter(({ rule }) => rule === 'night')
  const judge = (by: Actor) =>
    database.transaction((transaction) =>
      reviewAnomaly(transaction, by, {
        ...{ id: night?.id ?? '', outcome: 'justified', note: 'night shift', at: runtime.now() },
      }),
    )
  assert.equal(await refusalOf(() => judge(doctor)), 'forbidden identity.own-anomaly')
  assert.equal(await refusalOf(() => judge(administrator)), 'done')
  assert.equal(await refusalOf(() => judge(administrator)), 'conflict identity.anomaly-reviewed')
  const [judged] = (await find()).filter(({ rule }) => rule === 'night')
  assert.deepEqual([judged?.review?.outcome, judged?.review?.note], ['justified', 'night shift'])
  assert.equal(await waitingAnomalies(database, tenant, runtime.now()), 1)
})
