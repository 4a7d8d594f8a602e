/**
 * Inputs that lie elsewhere: fetched by the job into the object store before the first line is read, only from origins that
 * the installation names (OWASP server-side request forgery), without following redirects.
 */
import { Readable } from 'node:stream'
import { forbidden, invalid, type OutcomeError } from '@xinglin/fhir'
import type { Objects, PassingName } from '@xinglin/objects'
import { downloadMs, mostInputBytes } from '../limits.ts'

/** Whether an address is http(s) at one of the origins (`https://files.example.org`, `http://10.0.0.5:8000`). */
export function mayFetch(address: string, origins: readonly string[]): boolean {
  const url = URL.parse(address)
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return false
  return origins.some((origin) => URL.parse(origin)?.origin === url.origin)
}

/** The refusal of an input that is neither a file of the caller nor at an origin that is allowed. */
export function notAllowedInput(): OutcomeError {
  return forbidden(
    'an input is a file that you sent to bulk/files before, or lies at an origin of XINGLIN_IMPORT_ORIGINS',
    { code: 'bulk.input' },
  )
}

/** The bytes in the object store. Throws `invalid` where the address does not give them. */
export async function fetchInput(
  objects: Objects,
  address: string,
  { origins, signal }: { readonly origins: readonly string[]; readonly signal: AbortSignal },
): Promise<{ readonly name: PassingName; readonly sizeBytes: number }> {
  if (!mayFetch(address, origins)) throw notAllowedInput()
  const answer = await fetch(address, {
    redirect: 'error',
    headers: { accept: 'application/fhir+ndjson' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(downloadMs)]),
  }).catch((cause: unknown) => {
    signal.throwIfAborted()
    throw notFetched('cannot be reached, or points elsewhere', cause)
  })
  if (!answer.ok || !answer.body) {
    await answer.body?.cancel()
    throw notFetched(`was answered by HTTP ${answer.status}`)
  }
  return objects.passing.put(Readable.fromWeb(answer.body), { maxBytes: mostInputBytes })
}

function notFetched(what: string, cause?: unknown): OutcomeError {
  return invalid(`the address of an input ${what}; correct it and ask again`, {
    code: 'bulk.input-unreachable',
    cause,
  })
}
