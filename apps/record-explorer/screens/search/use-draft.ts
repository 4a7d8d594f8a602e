/** The search that is being written: in the address where it tells of no patient, else in the memory of the page until signing out. */
import { useQueryClient } from '@tanstack/react-query'
import { useScreen } from '@xinglin/kit'
import { useCallback, useEffect, useState } from 'react'
import { type Draft, formOf, isPublic, readQuery } from './query.ts'

const memoryKey = ['record-explorer', 'draft'] as const

type Drafted = { readonly draft: Draft; readonly setDraft: (next: Draft) => void }

/** `codes` are those of closed lists, by parameter. */
export function useDraft(codes: ReadonlyMap<string, ReadonlySet<string>>): Drafted {
  const { search, setSearch } = useScreen()
  const client = useQueryClient()
  const addressed = search.get('type')
  const inAddress = search.get('query') ?? ''
  const [draft, keepDraft] = useState<Draft>(
    () => kept(client.getQueryData<Draft>(memoryKey), addressed, inAddress) ?? { type: 'Patient', pairs: [] },
  )
  // Another type was opened from the list of types.
  const shown = addressed && addressed !== draft.type ? { type: addressed, pairs: [] } : draft
  const setDraft = useCallback(
    (next: Draft) => {
      keepDraft(next)
      client.setQueryData(memoryKey, next)
      setSearch({ type: next.type, query: isPublic(next, codes) ? formOf(next) : undefined })
    },
    [client, codes, setSearch],
  )
  useEffect(() => client.setQueryDefaults(memoryKey, { gcTime: Number.POSITIVE_INFINITY }), [client])
  return { draft: shown, setDraft }
}

function kept(memory: Draft | undefined, type: string | null, query: string): Draft | undefined {
  if (!type) return memory
  if (query !== '') return readQuery(`${type}?${query}`)
  return memory?.type === type ? memory : { type, pairs: [] }
}
