/** The reviewed mappings of a dictionary to one terminology as a FHIR R4 ConceptMap (§4.10), by which `$translate` answers. */
import { createHash } from 'node:crypto'
import type { Instant, ResourceOf } from '@xinglin/fhir'
import type { Equivalence } from '../contract.ts'
import type { DictionaryRow } from '../queries/rows.ts'

export type ReviewedRow = {
  readonly target: string
  readonly code: string
  readonly display: string
  readonly targetCode: string
  readonly targetDisplay: string
  readonly equivalence: Equivalence
}

/** The same for the same two systems, so that each publication is the next version of one resource. */
export function conceptMapId(key: string, target: string): string {
  return `${key}-to-${createHash('sha256').update(target).digest('hex').slice(0, 12)}`
}

export function conceptMapOf(
  { key, url, title, version }: DictionaryRow,
  {
    target,
    rows,
    at,
  }: { readonly target: string; readonly rows: readonly ReviewedRow[]; readonly at: Instant },
): ResourceOf<'ConceptMap'> {
  const byCode = Map.groupBy(rows, ({ code }) => code)
  return {
    resourceType: 'ConceptMap',
    url: `urn:xinglin:dictionary-map:${conceptMapId(key, target)}`,
    version: String(version),
    name: conceptMapId(key, target),
    title,
    status: 'active',
    date: at,
    group: [
      {
        source: url,
        target,
        element: [...byCode].map(([code, [first, ...others]]) => ({
          code,
          ...(first ? { display: first.display } : {}),
          target: [...(first ? [first] : []), ...others].map(
            ({ targetCode, targetDisplay, equivalence }) => ({
              code: targetCode,
              display: targetDisplay,
              equivalence,
            }),
          ),
        })),
      },
    ],
  }
}
