/**
 * Another process of the platform, for the test of what acts at once: looks at Patient/asha as a technician again and again, and
 * prints the name as it is shown, or `hidden`, whenever that changes. Its clock stands, so nothing that it believes ever grows old.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase } from '@xinglin/database'
import { createEventLog, type TenantId } from '@xinglin/events'
import { OutcomeError } from '@xinglin/fhir'
import { createRecords } from '@xinglin/records'
import { testRuntime } from '@xinglin/testkit'
import { type Actor, createIdentity } from '../../identity.ts'

const runtime = testRuntime()
const database = await openDatabase({ url: process.argv[2] ?? '', log: runtime.log, poolSize: 4 })
const events = createEventLog({ database, runtime })
const records = createRecords({ database, events, runtime })
const identity = createIdentity({ database, records, events, runtime })
await events.start()
const looking: Actor = {
  kind: 'user',
  id: '99',
  reference: 'user/99',
  display: 'sun',
  tenant: 1 as TenantId,
  roles: ['technician'],
  scopes: [],
}

async function shownName(): Promise<string> {
  try {
    const version = await identity.recordsFor(looking).read('Patient', 'asha')
    return version ? String(JSON.parse(version.json).name[0].text) : 'hidden'
  } catch (error) {
    if (error instanceof OutcomeError) return 'hidden'
    throw error
  }
}

let before = ''
for (;;) {
  const shown = await shownName()
  if (shown !== before) process.stdout.write(`${shown}\n`)
  before = shown
  await pause(5)
}
