/** Sends the parts of all files: the shared ones one after the other, then the rest side by side. */
import { readFile } from 'node:fs/promises'
import type { FhirClient, Progress } from '@xinglin/client'
import type { ImportFile } from './find-files.ts'
import type { Journal } from './journal.ts'
import { type Part, partsOfJson, partsOfNdjson } from './parts.ts'

export type Refusal = { readonly file: string; readonly unit: number; readonly reason: string }
export type Sending = {
  readonly files: readonly ImportFile[]
  readonly journal: Journal
  readonly fhir: FhirClient
  readonly progress: Progress
  readonly workers: number
}

/** Progress counts bytes of files; `resources` counts what is in the record at the end, earlier runs included. */
export async function sendAll(
  sending: Sending,
): Promise<{ resources: number; refusals: readonly Refusal[] }> {
  const refusals: Refusal[] = []
  const total = sending.files.reduce((sum, file) => sum + file.sizeBytes, 0)
  let [resources, done] = [0, 0]
  const work = async (files: Iterable<ImportFile>) => {
    for (const file of files) {
      // Not `resources += await …`: that would add to the sum as it stood before the wait.
      const sent = await sendFile(sending, file, refusals)
      resources += sent
      done += file.sizeBytes
      sending.progress.show({ done, total, refused: refusals.length })
    }
  }
  await work(sending.files.filter(({ isFirst }) => isFirst))
  const rest = sending.files.filter(({ isFirst }) => !isFirst).values()
  await Promise.all(Array.from({ length: sending.workers }, () => work(rest)))
  return { resources, refusals }
}

async function sendFile({ journal, fhir }: Sending, file: ImportFile, refusals: Refusal[]): Promise<number> {
  const refuse = (unit: number, reason: string) => refusals.push({ file: file.path, unit, reason })
  const parts = await readParts(file).catch((error: unknown) => {
    refuse(0, `it cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    return []
  })
  let resources = 0
  for (const [unit, part] of parts.entries()) {
    const before = journal.taken(file, unit)
    const answer = before === undefined ? await fhir.transact(part.bundle) : { status: 200, body: '' }
    if (answer.status >= 300) refuse(unit, `HTTP ${answer.status} ${answer.body.slice(0, 500)}`)
    else resources += part.resources
    if (before === undefined && answer.status < 300) await journal.note(file, unit, part.resources)
  }
  return resources
}

async function readParts(file: ImportFile): Promise<readonly Part[]> {
  const text = await readFile(file.path, 'utf8')
  return file.path.endsWith('.ndjson') ? partsOfNdjson(text) : partsOfJson(text)
}
