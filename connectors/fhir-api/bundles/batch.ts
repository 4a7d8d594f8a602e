/** http.html §3.1.0.11.1 batch: each entry by itself, as if it had been sent alone; one that fails fails alone. */
import type { Kernel } from '@xinglin/app'
import { OutcomeError } from '@xinglin/fhir'
import type { Answer } from '../http/answer.ts'
import type { FhirRequest } from '../http/request.ts'
import { batchLanes } from '../limits.ts'
import { afterOthers } from '../writing/after-others.ts'
import { type Trace, versionReference } from '../writing/journalled.ts'
import { readOperation } from '../writing/operation.ts'
import { inEntry } from '../writing/place.ts'
import { writeAll } from '../writing/write.ts'
import { failedEntry, readEntry, writtenEntry } from './answers.ts'
import type { EntryAsked } from './entries.ts'
import { lookUp } from './look-up.ts'
import { bundleText } from './text.ts'

type Done = { readonly text: string; readonly made?: string }

export async function batch(
  kernel: Kernel,
  request: FhirRequest,
  entries: readonly EntryAsked[],
  trace: Trace,
): Promise<Answer> {
  await kernel.profiles.prepare(
    request.actor.tenant,
    entries.map(({ body }) => body),
  )
  const done = await inLanes(entries, (entry) => one(kernel, request, entry))
  await trace.acceptedAlone(done.flatMap(({ made }) => (made === undefined ? [] : [made])))
  const texts = done.map(({ text }) => text)
  return {
    status: 200,
    body: bundleText({ type: 'batch-response', id: kernel.runtime.newId(), entries: texts }),
  }
}

async function one(kernel: Kernel, request: FhirRequest, entry: EntryAsked): Promise<Done> {
  try {
    return await inEntry(entry.at, () => workOn(kernel, request, entry))
  } catch (error) {
    if (error instanceof OutcomeError && error.failure !== 'fault')
      return { text: failedEntry(error, request) }
    throw error
  }
}

async function workOn(kernel: Kernel, request: FhirRequest, entry: EntryAsked): Promise<Done> {
  const records = kernel.identity.recordsFor(request.actor)
  if (entry.method === 'GET' || entry.method === 'HEAD')
    return { text: readEntry(await lookUp(records, entry, request)) }
  const at = `${entry.at}.resource`
  const operation = readOperation({ ...entry, at })
  const [written] = await afterOthers([operation], () =>
    records.commit((unit) => writeAll(unit, [{ operation, at }], kernel.runtime.newId)),
  )
  if (!written) return { text: writtenEntry({ kind: 'nothing' }, request) }
  const made = written.kind === 'written' ? versionReference(written.version) : undefined
  return { text: writtenEntry(written, request), made }
}

/** Runs `work` on all, `batchLanes` at a time, and answers in order. */
async function inLanes<T, R>(all: readonly T[], work: (each: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  let next = 0
  const lane = async () => {
    while (next < all.length) {
      const index = next++
      const each = all[index]
      if (each !== undefined) results[index] = await work(each)
    }
  }
  await Promise.all(Array.from({ length: batchLanes }, lane))
  return results
}
