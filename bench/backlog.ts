/**
 * Draining a backlog of messages between systems: whether depth makes it slower. A whole kernel on a fresh database, messages
 * taken while the destination is paused, then let go:
 *
 *   node launch.mjs bench/backlog.ts 1000000
 */
import { test } from 'node:test'
import type { DestinationKind } from '@xinglin/interfaces'
import { textFormat } from '@xinglin/interfaces'
import { testTenant as tenant, testKernel } from '@xinglin/testkit'

const messages = Number(process.argv.at(-1)) || 1_000_000
const keys = 500
const atOnce = 200
const parts = 10

test('a backlog is drained', { timeout: 3_600_000 }, async () => {
  const { interfaces, database } = await testKernel()
  const marksMs: number[] = []
  let count = 0
  let drained = (): void => undefined
  const all = new Promise<void>((resolve) => {
    drained = resolve
  })
  const counting: DestinationKind = {
    kind: 'counting',
    check: () => undefined,
    open: () => ({
      async send() {
        count += 1
        if (count % (messages / parts) === 0) marksMs.push(performance.now())
        if (count === messages) drained()
        return { kind: 'taken' }
      },
      close: async () => undefined,
    }),
  }
  interfaces.offerSource({
    kind: 'silent',
    check: () => undefined,
    open: async () => ({ stop: async () => undefined }),
  })
  interfaces.offerDestination(counting)
  await interfaces.start({ sources: true, destinations: true })
  await interfaces.deploy(tenant, {
    ...{ id: 'backlog', version: '1.0.0', title: { zh: '积压', en: 'Backlog' } },
    source: { kind: 'silent' },
    format: textFormat,
    key: (text) => text.split(':')[0] ?? '',
    destinations: [{ id: 'lis', to: { kind: 'counting' }, parallel: 64 }],
  })
  const part = { interface: 'backlog', destination: 'lis' }
  await database.transaction((each) => interfaces.setPaused(each, tenant, part, true))
  await interfaces.deploy(tenant, {
    ...{ id: 'backlog', version: '1.0.1', title: { zh: '积压', en: 'Backlog' } },
    source: { kind: 'silent' },
    format: textFormat,
    key: (text) => text.split(':')[0] ?? '',
    destinations: [{ id: 'lis', to: { kind: 'counting' }, parallel: 64 }],
  })

  const beganMs = performance.now()
  for (let index = 0; index < messages; index += atOnce)
    await Promise.all(
      Array.from({ length: atOnce }, (_, nth) =>
        interfaces.take(tenant, 'backlog', {
          ...{ sender: 'BENCH|1', subject: 'text', controlId: String(index + nth) },
          raw: Buffer.from(`${(index + nth) % keys}:${'x'.repeat(400)}`),
        }),
      ),
    )
  const fullMs = performance.now()
  await database.transaction((each) => interfaces.setPaused(each, tenant, part, false))
  await all

  const starts = [fullMs, ...marksMs]
  const rates = marksMs.map((mark, nth) =>
    Math.round((messages / parts / (mark - (starts[nth] ?? mark))) * 1_000),
  )
  console.log(`taken: ${Math.round((messages / (fullMs - beganMs)) * 1_000)}/s`)
  console.log(`drained, each tenth: ${rates.join(', ')}/s`)
})
