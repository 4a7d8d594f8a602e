/**
 * `/api/audit/entries`: who opened a record, and what somebody opened, page after page; one entry in full and as AuditEvent;
 * `entries.csv` is the whole answer as a file. What a role sees masked is masked here, before it leaves.
 */
import { Readable } from 'node:stream'
import type { Kernel } from '@xinglin/app'
import { epochMs, instantOf, notFound } from '@xinglin/fhir'
import { type Actor, type AuditEntry, type AuditFilter, patientLines } from '@xinglin/identity'
import { auditEvent } from '@xinglin/identity/audit'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type { EntriesAnswer, EntryAnswer } from '../contract.ts'
import { maskedEntry } from '../reading/masked-entry.ts'
import { entriesCsv } from './entries-csv.ts'
import { memberOf, optionalChoiceOf, optionalInstantOf, optionalTextOf, wrong } from './input.ts'

const pageEntries = 100

export function entryRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { identity, runtime } = kernel
  http.get('/entries', async (request): Promise<EntriesAnswer> => {
    const actor = requireActor(request)
    const { entries, ...page } = await identity.auditTrail.list(actor, {
      ...filterOf(request.query),
      before: optionalTextOf(request.query, 'before'),
      limit: pageEntries,
    })
    return {
      ...page,
      entries: await masked(kernel, actor, entries),
      patients: await namesIn(kernel, actor, entries),
    }
  })
  http.get('/entries.csv', async (request, reply) => {
    const actor = requireActor(request)
    const pages = await identity.auditTrail.pages(actor, filterOf(request.query))
    const fields = await identity.masking.fieldsOf(actor)
    const mark = { by: actor.display, at: runtime.now() }
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="audit.csv"')
      .send(Readable.from(entriesCsv(pages, (entry) => maskedEntry(entry, fields), mark)))
  })
  http.get('/entries/:id', async (request): Promise<EntryAnswer> => {
    const actor = requireActor(request)
    const id = memberOf(request.params, 'id')
    const at = optionalInstantOf(request.query, 'at')
    if (typeof id !== 'string' || !/^\d{1,18}$/.test(id))
      throw wrong('id', 'id must be the number of an entry')
    if (!at) throw wrong('at', 'at must be the time of the entry')
    // Its millisecond finds the entry by the index of time; numbers have none.
    const until = instantOf(epochMs(at) + 1, runtime.timeZone)
    const { entries } = await identity.auditTrail.list(actor, { id, from: at, until, limit: 1 })
    const [entry] = await masked(kernel, actor, entries)
    if (!entry) throw notFound('there is no such entry at that time', { code: 'audit.no-entry', at: 'id' })
    return { entry, patients: await namesIn(kernel, actor, entries), event: auditEvent(entry) }
  })
}

async function masked({ identity }: Kernel, actor: Actor, entries: readonly AuditEntry[]) {
  const fields = await identity.masking.fieldsOf(actor)
  return entries.map((entry) => maskedEntry(entry, fields))
}

/** Of lists that showed many, nobody is named. */
async function namesIn(kernel: Kernel, actor: Actor, entries: readonly AuditEntry[]) {
  return Object.fromEntries(
    await patientLines(
      kernel,
      actor,
      entries.flatMap(({ patient }) => patient ?? []),
    ),
  )
}

function filterOf(query: unknown): AuditFilter {
  return {
    actor: optionalTextOf(query, 'actor'),
    action: optionalTextOf(query, 'action'),
    resourceType: optionalTextOf(query, 'resourceType'),
    patient: optionalTextOf(query, 'patient'),
    outcome: optionalChoiceOf(query, 'outcome', ['allowed', 'refused', 'failed']),
    purpose: optionalTextOf(query, 'purpose'),
    address: optionalTextOf(query, 'address'),
    from: optionalInstantOf(query, 'from'),
    until: optionalInstantOf(query, 'until'),
  }
}
