/** A process that writes through the guard without end and says what was acknowledged, for the test that kills it. */
import { openDatabase } from '@xinglin/database'
import { createEventLog, type TenantId } from '@xinglin/events'
import { createRecords } from '@xinglin/records'
import { systemRuntime } from '@xinglin/runtime'
import { createIdentity } from '../identity.ts'

const [url = ''] = process.argv.slice(2)
const runtime = systemRuntime({ timeZone: 'Asia/Shanghai', logLevel: 'silent' })
const database = await openDatabase({ url, log: runtime.log, poolSize: 4 })
const events = createEventLog({ database, runtime })
const records = createRecords({ database, events, runtime })
const identity = createIdentity({ database, records, events, runtime })
const guarded = identity.recordsFor(identity.systemActor('writer', 1 as TenantId))

const writeOn = async (): Promise<never> => {
  for (;;) {
    const [version] = await guarded.commit((unit) =>
      unit.write([{ kind: 'create', resource: { resourceType: 'Basic', code: { text: 'kept' } } }]),
    )
    process.stdout.write(`${version?.id}\n`)
  }
}
await Promise.all([writeOn(), writeOn(), writeOn()])
