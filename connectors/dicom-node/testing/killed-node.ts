/**
 * A node in a process of its own that kills itself (SIGKILL) at one instant of the first store:
 * `node killed-node.ts <database url> <objects folder> <before-object|before-index>`; says its port on standard output.
 */
import { openDatabase } from '@xinglin/database'
import { createEventLog } from '@xinglin/events'
import { createIdentity } from '@xinglin/identity'
import { createInterfaces } from '@xinglin/interfaces'
import { createJobs } from '@xinglin/jobs'
import { openKeys } from '@xinglin/keys'
import { type Objects, openObjects } from '@xinglin/objects'
import { createProfiles } from '@xinglin/profiles'
import { createRecords } from '@xinglin/records'
import { systemRuntime } from '@xinglin/runtime'
import { createTerminology } from '@xinglin/terminology'
import { testMasterKey, testTenant } from '@xinglin/testkit'
import { createTraffic } from '@xinglin/traffic'
import { createWeb } from '@xinglin/web'
import { startDicomNode } from '../dicom-node.ts'

const [url = '', folder = '', instant = ''] = process.argv.slice(2)
const die = (): void => void process.kill(process.pid, 'SIGKILL')

function dyingObjects(objects: Objects): Objects {
  return {
    ...objects,
    async put(bytes, options) {
      if (instant === 'before-object') return objects.put(bytes, { ...options, named: die })
      const stored = await objects.put(bytes, { maxBytes: options.maxBytes })
      die()
      return stored
    },
  }
}

const runtime = systemRuntime({ timeZone: 'Asia/Shanghai', logLevel: 'silent' })
const database = await openDatabase({ url, log: runtime.log })
const events = createEventLog({ database, runtime })
const records = createRecords({ database, events, runtime })
const identity = createIdentity({ database, records, events, runtime })
const objects = dyingObjects(await openObjects({ url: folder, log: runtime.log }))
const jobs = createJobs({ database, runtime })
const keys = await openKeys({ database, runtime, suite: 'international', master: testMasterKey })
const traffic = createTraffic({ database, events, runtime })
const kernel = {
  ...{ keys, traffic },
  interfaces: createInterfaces({ database, traffic, runtime, keys, isSealing: records.sealing.isOn }),
  ...{ runtime, database, objects, events, records, jobs, identity },
  terminology: createTerminology({ database, objects, events, records, jobs, runtime }),
  profiles: createProfiles({ database, records, events, runtime }),
  web: await createWeb({ identity, events, runtime, bind: '127.0.0.1', port: 0 }),
}
const node = await startDicomNode(kernel, {
  bind: '127.0.0.1',
  port: 0,
  aeTitle: 'XINGLIN',
  tenant: testTenant,
})
process.stdout.write(`${node.port}\n`)
