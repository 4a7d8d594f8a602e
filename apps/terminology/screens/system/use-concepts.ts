/** Concepts of a code system as pages: all of it, what answers a text, its tops and what stands below a code. */
import { type Answer, ask, useAsk } from '@xinglin/kit'
import type { ConceptsAnswer } from '../../contract.ts'
import { type OffsetPages, pageSize, staleAfterMs, useOffsetPages } from '../use-offset-pages.ts'

export type SystemKey = { readonly url: string; readonly version?: string }
type Question = { readonly among: 'all' | 'top' | 'below'; readonly code?: string; readonly text?: string }

/** The address of a page of concepts. */
export function conceptsPath(system: SystemKey, { among, code, text }: Question, offset: number): string {
  const query = new URLSearchParams({
    system: system.url,
    ...(system.version ? { version: system.version } : {}),
    among,
    ...(code === undefined ? {} : { code }),
    ...(text ? { text } : {}),
    offset: String(offset),
    count: String(pageSize),
  })
  return `/api/terminology/concepts?${query}`
}

/** The first page of the tops, which tells whether there is a tree at all. */
export function useTop(system: SystemKey): Answer<ConceptsAnswer> {
  return useAsk<ConceptsAnswer>(conceptsPath(system, { among: 'top' }, 0), { staleAfterMs })
}

/** The concepts in the order of the system, or those that answer a text, by pages. */
export function useConcepts(system: SystemKey, text: string): OffsetPages<ConceptsAnswer> {
  const question: Question = { among: 'all', text }
  return useOffsetPages({
    key: [conceptsPath(system, question, 0), 'pages'],
    askPage: (offset, signal) => ask<ConceptsAnswer>(conceptsPath(system, question, offset), { signal }),
    sizeOf: ({ concepts }) => concepts.length,
  })
}
