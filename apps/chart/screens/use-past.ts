/** Which instant of a record is looked at: it stands in the address, so that it can be shared, reloaded and left by Back. */
import { useScreen } from '@xinglin/kit'
import { useCallback } from 'react'

export type Past = {
  /** The instant that is asked for; undefined for the present. */
  readonly asOf: string | undefined
  /** Whether the slider is shown. */
  readonly isOpen: boolean
  choose(asOf: string | undefined): void
  setOpen(isOpen: boolean): void
}

export function usePast(): Past {
  const { search, setSearch } = useScreen()
  const asOf = search.get('asOf') ?? undefined
  const isOpen = asOf !== undefined || search.get('past') === '1'
  const choose = useCallback((next: string | undefined) => setSearch({ asOf: next, past: '1' }), [setSearch])
  const setOpen = useCallback(
    (next: boolean) => setSearch({ asOf: undefined, past: next ? '1' : undefined }),
    [setSearch],
  )
  return { asOf, isOpen, choose, setOpen }
}

/** The address of an answer about a record as of an instant; `path` stands below the patient and may have a query. */
export function recordPath(patient: string, path: string, asOf: string | undefined): string {
  const address = `/api/chart/patients/${encodeURIComponent(patient)}/${path}`
  if (asOf === undefined) return address
  return `${address}${address.includes('?') ? '&' : '?'}asOf=${encodeURIComponent(asOf)}`
}
