/** The kit itself: databases apart from each other, time that stands still, a kernel that answers over HTTP. */
import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '@xinglin/database'
import { asha, ouyangXue, testDatabase, testKernel, testRuntime, zhangSan } from './testkit.ts'

test('two databases of one template know nothing of each other', async () => {
  const [one, two] = await Promise.all([testDatabase(), testDatabase()])

  await one.query({ text: 'create table ward (name text)', values: [] })

  deepEqual(await two.query(sql`select to_regclass('ward') as ward`), [{ ward: null }])
  deepEqual(await two.query(sql`select distinct schema from database.migration order by schema`), [
    { schema: 'access' },
    { schema: 'approvals' },
    { schema: 'consent' },
    { schema: 'events' },
    { schema: 'identity' },
    { schema: 'interfaces' },
    { schema: 'keys' },
    { schema: 'oauth' },
    { schema: 'objects' },
    { schema: 'patients' },
    { schema: 'profiles' },
    { schema: 'records' },
    { schema: 'signin' },
    { schema: 'staff' },
    { schema: 'terminology' },
    { schema: 'traffic' },
    { schema: 'trail' },
    { schema: 'upstream' },
  ])
})

test('time stands still until it is moved, ids count, lines are kept', () => {
  const runtime = testRuntime()

  runtime.log.with({ door: 'hl7v2' }).info('message accepted', { id: runtime.newId() })

  deepEqual(
    [runtime.now(), runtime.now(), runtime.advance(90_000), runtime.newId()],
    [
      '2026-03-02T08:00:00.000+08:00',
      '2026-03-02T08:00:00.000+08:00',
      '2026-03-02T08:01:30.000+08:00',
      '00000000-0000-4000-8000-000000000002',
    ],
  )
  deepEqual(runtime.lines, [
    {
      level: 'info',
      message: 'message accepted',
      fields: { door: 'hl7v2', id: '00000000-0000-4000-8000-000000000001' },
    },
  ])
})

test('the identity numbers of the named patients agree with their birth dates and check characters', () => {
  const numbers = [zhangSan, ouyangXue].map((patient) => [
    patient.identifier?.[1]?.value,
    patient.birthDate?.replaceAll('-', ''),
  ])

  deepEqual(numbers, [
    ['11010519700307123X', '19700307'],
    ['310101199108154649', '19910815'],
  ])
})

test('a whole kernel keeps a patient and answers over HTTP', async () => {
  const kernel = await testKernel({ listen: true })

  const version = await kernel.records.commit(
    { tenant: kernel.actor.tenant, actor: kernel.actor.reference },
    (unit) => unit.write([{ kind: 'update', resource: asha }]),
  )
  const answer = await fetch(`${kernel.baseUrl}/health/live`)

  equal(answer.status, 200)
  deepEqual(
    version.map(({ type, id, version, updated, interaction }) => ({
      type,
      id,
      version,
      updated,
      interaction,
    })),
    [
      {
        type: 'Patient',
        id: 'asha',
        version: 1,
        updated: '2026-03-02T08:00:00.000+08:00',
        interaction: 'create',
      },
    ],
  )
  equal((await kernel.authorisation()).authorization.startsWith('Bearer '), true)
})
