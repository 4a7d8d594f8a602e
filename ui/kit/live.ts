/** The live log on a screen: one websocket a subscription, reconnecting by itself, its state always known. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useState } from 'react'

export type LiveEntry = {
  readonly position: string
  readonly id: string
  readonly at: string
  readonly kind: string
  readonly resourceType?: string
  readonly resourceId?: string
  readonly version?: number
  readonly patient?: string
}
export type LiveSubscription = { readonly patient?: string; readonly kinds?: readonly string[] }
/** `refused`: this person may not follow what was asked for; trying again would change nothing. */
export type LiveState = {
  readonly state: 'connecting' | 'live' | 'lost' | 'refused'
  readonly sinceMs: number
}

/** RFC 6455 §7.4.1: the server closes by its policy. */
const refusedCode = 1008
/** The server's own: the session has ended, or its person's rights are others. */
const endedCodes = [4401, 4403]
/** Another process of the server believes a session so long, and a little. */
const believedMs = 4_000
/** First wait before trying again; doubled up to the longest so that a restarting server is not flooded. */
const firstWaitMs = 500
const longestWaitMs = 10_000

/**
 * Calls `seen` for what happens from now on. After a loss every open question of the page is asked again, so nothing
 * that happened meanwhile is missed. An undefined subscription connects without subscribing (the connection light).
 */
export function useLive(
  subscription: LiveSubscription | undefined,
  seen: (entries: readonly LiveEntry[]) => void,
): LiveState {
  const [state, setState] = useState<LiveState>(() => ({ state: 'connecting', sinceMs: Date.now() }))
  const client = useQueryClient()
  const onSeen = useEffectEvent(seen)
  const wish = subscription ? JSON.stringify({ subscribe: subscription }) : undefined
  useEffect(
    () =>
      openLive(wish, {
        onEntries: (entries) => onSeen(entries),
        onState: (next) =>
          setState((present) => (present.state === next ? present : { state: next, sinceMs: Date.now() })),
        onReturn: () => void client.invalidateQueries(),
      }),
    [wish, client],
  )
  return state
}

type Listener = {
  readonly onEntries: (entries: readonly LiveEntry[]) => void
  readonly onState: (state: LiveState['state']) => void
  readonly onReturn: () => void
}

function openLive(wish: string | undefined, listener: Listener): () => void {
  let socket: WebSocket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let isClosed = false
  let failures = 0
  let wasLive = false
  const connect = () => {
    socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/live`)
    socket.onopen = () => {
      if (wish) socket?.send(wish)
      if (wasLive) listener.onReturn()
      failures = 0
      wasLive = true
      listener.onState('live')
    }
    socket.onmessage = ({ data }) => {
      const entries = entriesOf(String(data))
      if (entries.length > 0) listener.onEntries(entries)
    }
    socket.onclose = ({ code }) => {
      if (isClosed) return
      if (code === refusedCode) return listener.onState('refused')
      if (endedCodes.includes(code)) {
        listener.onReturn()
        setTimeout(() => isClosed || listener.onReturn(), believedMs)
      }
      listener.onState(wasLive || failures > 1 ? 'lost' : 'connecting')
      timer = setTimeout(connect, Math.min(longestWaitMs, firstWaitMs * 2 ** failures++))
    }
  }
  connect()
  return () => {
    isClosed = true
    clearTimeout(timer)
    socket?.close()
  }
}

function entriesOf(text: string): readonly LiveEntry[] {
  const message: { entries?: readonly LiveEntry[] } = JSON.parse(text)
  return Array.isArray(message.entries) ? message.entries : []
}
