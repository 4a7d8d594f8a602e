/**
 * http.html §3.1.0.11.2 transaction: all entries or none, in the order DELETE, POST, PUT and PATCH, GET, answered in the order in
 * which they were sent. All versions of a bundle are made by one write.
 */
import type { Kernel } from '@xinglin/app'
import { transactionOrder } from '@xinglin/fhir'
import type { Unit } from '@xinglin/records'
import type { Answer } from '../http/answer.ts'
import type { FhirRequest } from '../http/request.ts'
import { afterOthers } from '../writing/after-others.ts'
import type { Trace } from '../writing/journalled.ts'
import { readOperation } from '../writing/operation.ts'
import { atEntry, inEntry } from '../writing/place.ts'
import { type Write, writeAll } from '../writing/write.ts'
import { readEntry, writtenEntry } from './answers.ts'
import type { EntryAsked } from './entries.ts'
import { lookUp } from './look-up.ts'
import { bundleText } from './text.ts'

type Turn = { readonly index: number; readonly entry: EntryAsked }

export async function transaction(
  kernel: Kernel,
  request: FhirRequest,
  entries: readonly EntryAsked[],
  trace: Trace,
): Promise<Answer> {
  const turns = turnsOf(entries)
  const isRead = ({ entry }: Turn) => entry.method === 'GET' || entry.method === 'HEAD'
  const writes = turns.filter((turn) => !isRead(turn))
  const operations = writes.map(({ entry }) => atEntry(entry.at, () => writeOf(entry)))
  await kernel.profiles.prepare(
    request.actor.tenant,
    entries.map(({ body }) => body),
  )
  const answers = await afterOthers(
    operations.map(({ operation }) => operation),
    () =>
      kernel.identity.recordsFor(request.actor).commit(async (unit) => {
        const texts = new Array<string>(entries.length)
        const written = await writeAll(unit, operations, kernel.runtime.newId)
        for (const [at, each] of written.entries())
          texts[writes[at]?.index ?? at] = writtenEntry(each, request)
        for (const turn of turns.filter(isRead)) texts[turn.index] = await lookUpIn(unit, turn.entry, request)
        await trace.accepted(
          unit,
          written.flatMap((each) => (each.kind === 'written' ? [each.version] : [])),
        )
        return texts
      }),
  )
  return {
    status: 200,
    body: bundleText({ type: 'transaction-response', id: kernel.runtime.newId(), entries: answers }),
  }
}

function turnsOf(entries: readonly EntryAsked[]): readonly Turn[] {
  const order = transactionOrder(
    entries.map(({ method }) => ({ request: { method: method as 'GET', url: '' } })),
  )
  return order.flatMap((index) => {
    const entry = entries[index]
    return entry ? [{ index, entry }] : []
  })
}

function writeOf(entry: EntryAsked): Write {
  const at = `${entry.at}.resource`
  return { operation: readOperation({ ...entry, at }), at, fullUrl: entry.fullUrl }
}

async function lookUpIn(unit: Unit, entry: EntryAsked, request: FhirRequest): Promise<string> {
  return readEntry(await inEntry(entry.at, () => lookUp(unit, entry, request)))
}
