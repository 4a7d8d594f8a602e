/** R4 valueset-operation-expand, asked page by page with all names of the codes. */
import { ask } from '@xinglin/kit'
import type { NameRow } from '../contract.ts'
import { type OffsetPages, pageSize, useOffsetPages } from './use-offset-pages.ts'

const path = '/fhir/R4/ValueSet/$expand'

type Expanded = {
  readonly id?: string
  readonly name?: string
  readonly title?: string
  readonly version?: string
  /** Of R4's own there is no meta: they were never written. */
  readonly meta?: object
  readonly expansion?: {
    readonly total?: number
    readonly contains?: readonly {
      readonly system: string
      readonly version?: string
      readonly code: string
      readonly display?: string
      readonly inactive?: boolean
      readonly abstract?: boolean
      readonly designation?: NameRow['designations']
    }[]
  }
}
export type ExpandedCode = NameRow & { readonly system: string; readonly version?: string }
type Expansion = {
  readonly set: Pick<Expanded, 'id' | 'name' | 'title' | 'version'> & { readonly isOwn: boolean }
  readonly codes: readonly ExpandedCode[]
  /** Absent where counting on would cost too much. */
  readonly total?: number
}

type Set = { readonly url: string; readonly version?: string }

/** The codes of a value set that answer a filter, by pages; pages are read by `expansionOf`. */
export function useExpansion({ url, version }: Set, filter: string): OffsetPages<Expanded> {
  return useOffsetPages({
    key: [path, url, version, filter],
    askPage: (offset, signal) =>
      ask<Expanded>(path, {
        method: 'POST',
        body: {
          resourceType: 'Parameters',
          parameter: [
            { name: 'url', valueUri: url },
            ...(version ? [{ name: 'valueSetVersion', valueString: version }] : []),
            ...(filter ? [{ name: 'filter', valueString: filter }] : []),
            { name: 'offset', valueInteger: offset },
            { name: 'count', valueInteger: pageSize },
            { name: 'includeDesignations', valueBoolean: true },
            // BCP 47 undetermined: the name that the system itself gives; the page chooses among the others.
            { name: 'displayLanguage', valueCode: 'und' },
          ],
        },
        signal,
      }),
    sizeOf: ({ expansion }) => expansion?.contains?.length ?? 0,
  })
}

/** What the pages say together. */
export function expansionOf(pages: readonly Expanded[]): Expansion {
  const { expansion, meta, ...set } = pages[0] ?? {}
  return {
    set: { ...set, isOwn: meta !== undefined },
    codes: pages.flatMap((page) =>
      (page.expansion?.contains ?? []).map(({ designation = [], inactive, abstract, ...code }) => ({
        ...code,
        designations: designation,
        isInactive: inactive === true,
        isAbstract: abstract === true,
      })),
    ),
    ...(expansion?.total === undefined ? {} : { total: expansion.total }),
  }
}
