/** Whether the page is as narrow as a phone. */
import { useSyncExternalStore } from 'react'

/** Up to this width a screen shows one column and the rail moves to the bottom. */
export const narrowPx = 720

const query = () => matchMedia(`(max-width: ${narrowPx}px)`)

export function useIsNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = query()
      list.addEventListener('change', changed)
      return () => list.removeEventListener('change', changed)
    },
    () => query().matches,
  )
}
