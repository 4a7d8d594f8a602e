/** FHIR R4 §3.1.1.5.4: the link of the next page carries the whole query and a place. */
import type { Query } from '../records.ts'
import { pageParameter } from './request.ts'

/** The query of the next page as it stands in a URL. */
export function nextQuery(query: Query, token: string): string {
  const next = new URLSearchParams()
  for (const [name, value] of query) if (name !== pageParameter) next.append(name, value)
  next.append(pageParameter, token)
  return next.toString()
}
