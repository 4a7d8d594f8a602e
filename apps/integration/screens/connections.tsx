/** Is every door working, what came through it, and why was it refused? */
import { useFresh, useLive, useRefresh, useScreen } from '@xinglin/kit'
import { useCallback, useEffect, useRef } from 'react'
import { DoorTable } from './door-table.tsx'
import './integration.css'
import { MessageDrawer } from './message-drawer.tsx'
import { MessageFilters } from './message-filters.tsx'
import { MessageList } from './message-list.tsx'

/** Hundreds of messages a second arrive; a person reads one change a second at most. */
const refreshEveryMs = 1_000

export function ConnectionsScreen() {
  const { search, setSearch } = useScreen()
  const [fresh, markFresh] = useFresh()
  useLiveRefresh()
  const chosen = search.get('message') ?? undefined
  const close = useCallback(() => setSearch({ message: undefined }), [setSearch])
  return (
    <div className="i-screen">
      <DoorTable door={search.get('door') ?? undefined} onChoose={(door) => setSearch({ door })} />
      <MessageFilters />
      <div className="i-list">
        <MessageList
          chosen={chosen}
          fresh={fresh}
          onArrived={markFresh}
          onChoose={(message) => setSearch({ message })}
        />
      </div>
      {chosen ? <MessageDrawer id={chosen} onClose={close} /> : null}
    </div>
  )
}

/** Asks again for what is shown when a door has settled something, at most once a second. */
function useLiveRefresh(): void {
  const refresh = useRefresh()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  useLive({ kinds: ['traffic.*'] }, () => {
    if (timer.current !== undefined) return
    timer.current = setTimeout(() => {
      timer.current = undefined
      void refresh('/api/integration/doors')
      void refresh('/api/integration/messages?')
    }, refreshEveryMs)
  })
}
