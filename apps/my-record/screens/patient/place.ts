/** Where the patient is, in the address: the browser's Back goes from page to page. */
import { useCallback, useEffect, useState } from 'react'

export const rooms = ['summary', 'results', 'papers', 'privacy', 'account'] as const
export type Room = (typeof rooms)[number]
export type Place = { readonly room: Room; readonly patient?: string }

function placeNow(): Place {
  const query = new URLSearchParams(location.search)
  const room = rooms.find((each) => each === query.get('page')) ?? 'summary'
  const patient = query.get('of')
  return { room, ...(patient ? { patient } : {}) }
}

/** The present place and the way to another. */
export function usePlace(): readonly [Place, (to: Partial<Place>) => void] {
  const [place, setPlace] = useState(placeNow)
  useEffect(() => {
    const back = () => setPlace(placeNow())
    addEventListener('popstate', back)
    return () => removeEventListener('popstate', back)
  }, [])
  const go = useCallback((to: Partial<Place>) => {
    const next = { ...placeNow(), ...to }
    const query = new URLSearchParams({ page: next.room, ...(next.patient ? { of: next.patient } : {}) })
    history.pushState(null, '', `?${query}`)
    setPlace(next)
    scrollTo(0, 0)
  }, [])
  return [place, go]
}
