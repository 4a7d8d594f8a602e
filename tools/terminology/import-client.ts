/** The route `/api/terminology` as a tool uses it: the file is streamed, the state is asked until it is final. */
import { openAsBlob } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { type Credentials, fetchToken } from '@xinglin/client'

const askEveryMs = 500

export type ImportState = {
  readonly id: string
  readonly state: 'waiting' | 'running' | 'done' | 'refused'
  readonly system?: string
  readonly version?: string
  readonly concepts: number
  readonly fileBytes: number
  readonly bytesRead: number
  readonly reason?: string
}

export interface ImportClient {
  /** Settles when the platform has the file and will load it; throws with its reason where it is refused. */
  send(path: string, asked: Readonly<Record<string, string | undefined>>): Promise<ImportState>
  /** Asks until the import is done or refused; goes on asking while the platform is away. */
  ended(id: string, seen: (state: ImportState) => void): Promise<ImportState>
  list(): Promise<readonly ImportState[]>
  rebuild(): Promise<number>
}

export function createImportClient(baseUrl: string, credentials: Credentials): ImportClient {
  const ask = async (path: string, request: RequestInit = {}): Promise<unknown> => {
    // A token each time: an import of an hour outlives one.
    const { value } = await fetchToken(baseUrl, credentials)
    const headers = { authorization: `Bearer ${value}`, 'content-type': 'application/octet-stream' }
    const response = await fetch(`${baseUrl}/api/terminology/${path}`, { ...request, headers })
    const text = await response.text()
    if (!response.ok) throw new Error(`HTTP ${response.status} ${text.slice(0, 500)}`)
    return JSON.parse(text)
  }
  return {
    async send(path, asked) {
      const given = Object.entries(asked).filter((pair): pair is [string, string] => pair[1] !== undefined)
      const body = await openAsBlob(path)
      return (await ask(`imports?${new URLSearchParams(given)}`, { method: 'POST', body })) as ImportState
    },
    async ended(id, seen) {
      for (;;) {
        const state = (await ask(`imports/${id}`).catch(() => undefined)) as ImportState | undefined
        if (state) seen(state)
        if (state?.state === 'done' || state?.state === 'refused') return state
        await pause(askEveryMs)
      }
    },
    async list() {
      return ((await ask('imports')) as { readonly imports: readonly ImportState[] }).imports
    },
    async rebuild() {
      return ((await ask('rebuild', { method: 'POST', body: '' })) as { readonly asked: number }).asked
    },
  }
}
