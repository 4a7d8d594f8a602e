/** Stores random objects over four writers until it is killed, and prints each name once it is acknowledged. */

import { randomBytes, randomInt } from 'node:crypto'
import { writeSync } from 'node:fs'
import { systemRuntime } from '@xinglin/runtime'
import { openObjects } from '../../objects.ts'

const largestBytes = 1_500_000
const { log } = systemRuntime({ timeZone: 'UTC', logLevel: 'silent' })
const objects = await openObjects({ url: process.argv[2] ?? '', log })

async function putForEver(): Promise<never> {
  for (;;) {
    const bytes = randomBytes(randomInt(largestBytes))
    const { hash } = await objects.put([bytes.subarray(0, 1000), bytes.subarray(1000)], {
      maxBytes: largestBytes,
    })
    writeSync(1, `${hash}\n`)
  }
}

await Promise.all(Array.from({ length: 4 }, putForEver))
