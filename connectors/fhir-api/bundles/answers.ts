/** bundle.html §2.36.4.2: what each entry of a batch or transaction is answered with. */
import type { OutcomeError } from '@xinglin/fhir'
import { languageOf, spoken } from '@xinglin/web'
import type { Answer } from '../http/answer.ts'
import { etagOf, versionUrl } from '../http/answer.ts'
import type { FhirRequest } from '../http/request.ts'
import { statusOf, successOf } from '../interactions/write.ts'
import type { Written } from '../writing/write.ts'
import { responseEntry } from './text.ts'

/** Of a write: status, where it lies, and the resource only where the client prefers it. */
export function writtenEntry(written: Written, { baseUrl, prefer }: FhirRequest): string {
  if (written.kind === 'nothing') return responseEntry({ status: '204' })
  const { version } = written
  const isDeleted = version.interaction === 'delete'
  const status = isDeleted ? '204' : String(written.kind === 'written' ? statusOf(version) : 200)
  const place = isDeleted ? {} : { location: versionUrl(baseUrl, version) }
  const said = prefer === 'OperationOutcome' ? { outcome: successOf(version) } : {}
  const response = { status, ...place, etag: etagOf(version), lastModified: version.updated, ...said }
  return responseEntry(response, prefer === 'representation' ? version.json : undefined)
}

/** Of a read or search. */
export function readEntry({ status, version, body }: Answer): string {
  const known = version ? { etag: etagOf(version), lastModified: version.updated } : {}
  return responseEntry({ status: String(status), ...known }, body)
}

/** Of an entry of a batch that failed. */
export function failedEntry(error: OutcomeError, { language }: Pick<FhirRequest, 'language'>): string {
  const outcome = spoken(error.outcome, languageOf(language), error.values)
  return responseEntry({ status: String(error.status), outcome })
}
