/** Law 4: the index made anew from the journal (which instance came, under which object) and the objects themselves. */
import type { Kernel } from '@xinglin/app'
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { ObjectHash } from '@xinglin/objects'
import type { Message, MessageId } from '@xinglin/traffic'
import { scanHeader } from './header-scan.ts'
import { indexRow } from './index-rows.ts'
import { insertInstances, insertSeries, insertStudy } from './index-statements.ts'
import type { StoredInstance } from './instance-index.ts'

const messagesAtOnce = 200

/** Empties the index of a tenant and fills it again; settles with the number of instances. Studies are then recorded anew. */
export async function rebuildIndex(kernel: Kernel, tenant: TenantId): Promise<number> {
  await kernel.database.transaction(async (transaction) => {
    for (const table of ['instance', 'series', 'study'])
      await transaction.query(sql`delete from ${sql.id('dicom', table)} where tenant = ${tenant}`)
  })
  let count = 0
  for await (const messages of acceptedMessages(kernel, tenant)) {
    for (const message of messages) if (await indexAgain(kernel, tenant, message)) count += 1
  }
  return count
}

/** Oldest first, so that the first instance of a study names it as it did before. */
async function* acceptedMessages(kernel: Kernel, tenant: TenantId): AsyncGenerator<readonly Message[]> {
  const pages: (readonly Message[])[] = []
  let before: MessageId | undefined
  for (;;) {
    const page: readonly Message[] = await kernel.traffic.list({
      tenant,
      door: 'dicom',
      outcome: 'accepted',
      limit: messagesAtOnce,
      ...(before && { before }),
    })
    if (page.length === 0) break
    pages.push([...page].reverse())
    before = page.at(-1)?.id
  }
  yield* pages.reverse()
}

async function indexAgain(kernel: Kernel, tenant: TenantId, message: Message): Promise<boolean> {
  const stored = await kernel.traffic.read(tenant, message.id)
  const object = Buffer.from(stored?.raw ?? []).toString('latin1') as ObjectHash
  const found = await kernel.objects.get(object)
  if (!found) {
    kernel.runtime.log.error('an instance of the journal has no object', {
      instance: message.controlId,
      object,
    })
    return false
  }
  const scan = scanHeader('part10')
  for await (const bytes of found.bytes) scan.write(bytes)
  await insertAgain(kernel, tenant, {
    header: scan.finish(),
    object,
    sizeBytes: found.sizeBytes,
    durable: Promise.resolve(),
    sender: message.sender,
    subject: message.subject,
    receivedAt: message.receivedAt,
  })
  return true
}

function insertAgain(kernel: Kernel, tenant: TenantId, instance: StoredInstance): Promise<void> {
  return kernel.database.transaction(async (transaction) => {
    await insertInstances(transaction, tenant, [indexRow(instance)], kernel.runtime.now())
    await insertStudy(transaction, tenant, instance)
    await insertSeries(transaction, tenant, instance)
  })
}
