/** A DocumentReference with CDA that others wrote by the FHIR door is read too: the log asks, a durable job reads. */
import { type Kernel, type Reaction, runCommand } from '@xinglin/app'
import type { TenantId } from '@xinglin/events'
import { OutcomeError } from '@xinglin/fhir'
import type { JobTasks } from '@xinglin/jobs'
import { parseVersion } from '@xinglin/records'
import { cdaOf } from '../routes/lines.ts'
import { receiveDocument } from './receive-document.ts'

const task = 'documents.read'
const ownSystem = /^urn:xinglin:documents:/

export const onDocument: Reaction = {
  on: ['record.created'],
  resourceTypes: ['DocumentReference'],
  from: 'now',
  react: async (entries, transaction, kernel) => {
    for (const { tenant, resourceId } of entries) {
      if (!resourceId) continue
      const key = `${task} ${tenant} ${resourceId}`
      await kernel.jobs.enqueue(transaction, { task, payload: { tenant, document: resourceId }, key })
    }
  },
}

export function readTasks(kernel: Kernel): JobTasks {
  return { [task]: ({ tenant, document }) => read(kernel, Number(tenant) as TenantId, String(document)) }
}

async function read(kernel: Kernel, tenant: TenantId, document: string): Promise<void> {
  const version = await kernel.records.read(tenant, 'DocumentReference', document)
  if (!version || version.interaction === 'delete') return
  const resource = parseVersion(version, 'DocumentReference')
  // What this app made or received itself is read already.
  if (resource.identifier?.some(({ system = '' }) => ownSystem.test(system))) return
  const bytes = cdaOf(resource)
  if (!bytes) return
  try {
    await runCommand(kernel)(
      receiveDocument,
      { bytes, document },
      kernel.identity.systemActor('documents', tenant),
    )
  } catch (error) {
    // What is no CDA, or contradicts what was received, stays a document that people read.
    if (!(error instanceof OutcomeError) || !['invalid', 'conflict'].includes(error.failure)) throw error
    kernel.runtime.log.info('a document was not read', { document })
  }
}
