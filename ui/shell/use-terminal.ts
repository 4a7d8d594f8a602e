/** Whether this browser is a shared terminal, and its lock: untouched for its time it asks for badge and PIN. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ask, isAnswer, sessionKey, useAsk } from '@xinglin/kit'
import { useCallback, useEffect } from 'react'

export type Terminal = {
  readonly label: string
  readonly place: string
  readonly idleSeconds: number
  readonly holder?: string
  readonly isLocked: boolean
}

export const terminalPath = '/api/terminal'

/** Undefined where the browser is no terminal, and until the server has said so. */
export function useTerminal(): { readonly terminal: Terminal | undefined; readonly isKnown: boolean } {
  const answer = useAsk<{ readonly terminal?: Terminal }>(terminalPath, { staleAfterMs: 60_000 })
  if (answer.state === 'ready') return { terminal: answer.data.terminal, isKnown: true }
  return { terminal: undefined, isKnown: answer.state !== 'loading' }
}

const lockedKey = ['terminal-locked'] as const
/** A server that is away is told again so often. */
const lockAgainMs = 2_000

/** Whether this page was locked and nobody has entered since; the server need not have heard of it yet. */
export function useLocked(): { readonly isLocked: boolean; readonly unlock: () => void } {
  const client = useQueryClient()
  const { data } = useQuery({
    ...{ queryKey: lockedKey, queryFn: () => false, initialData: false, enabled: false },
    gcTime: Number.POSITIVE_INFINITY,
  })
  return { isLocked: data, unlock: useCallback(() => void client.setQueryData(lockedKey, false), [client]) }
}

/** Locks the page at once, and its session at the server as soon as that answers. */
export function useLock(): () => Promise<void> {
  const client = useQueryClient()
  return useCallback(async () => {
    client.setQueryData(lockedKey, true)
    const tell = async () => {
      if (client.getQueryData(lockedKey) !== true) return
      try {
        await ask('/api/terminal/lock', { method: 'POST', body: {} })
      } catch (error) {
        // 401: it was locked or had ended already.
        if (!isAnswer(error, 401)) return void setTimeout(() => void tell(), lockAgainMs)
      }
      await client.invalidateQueries({ queryKey: sessionKey })
      await client.invalidateQueries({ queryKey: ['ask', terminalPath] })
    }
    await tell()
  }, [client])
}

const touches = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const

/** Calls `lock` once nobody has touched the page for `idleSeconds`; never where they are undefined. */
export function useIdle(idleSeconds: number | undefined, lock: () => Promise<void>): void {
  useEffect(() => {
    if (idleSeconds === undefined) return
    let timer: ReturnType<typeof setTimeout>
    const begin = () => {
      clearTimeout(timer)
      timer = setTimeout(() => void lock(), idleSeconds * 1_000)
    }
    begin()
    for (const touch of touches) addEventListener(touch, begin, { passive: true, capture: true })
    return () => {
      clearTimeout(timer)
      for (const touch of touches) removeEventListener(touch, begin, { capture: true })
    }
  }, [idleSeconds, lock])
}
