/** PostgreSQL LISTEN/NOTIFY over one connection for all channels, opened when first needed and opened again when lost. */
import { setTimeout as sleep } from 'node:timers/promises'
import { fault } from '@xinglin/fhir'
import type { Logger } from '@xinglin/runtime'
import pg from 'pg'
import type { Database } from './database.ts'
import { connectionSettings } from './open-database.ts'
import { sql } from './sql.ts'

/** A dead network path gives no error by itself: asked this often, it is found within a minute. */
const heartbeatMs = 30_000
const heartbeatTimeoutMs = 10_000
const firstPauseMs = 50
const longestPauseMs = 2_000

type Heard = (payload: string) => void
export type Listening = { listen: Database['listen']; close(): Promise<void> }

/** Listens for any number of channels; after each reconnect every listener is called once with `''`. */
export function createListening({ url, log }: { url: string; log: Logger }): Listening {
  const channels = new Map<string, Set<Heard>>()
  let connection: Promise<pg.Client> | undefined
  let isClosed = false

  const hear = (channel: string, payload: string) => {
    for (const heard of channels.get(channel) ?? []) callSafely(heard, payload, channel, log)
  }

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ ...connectionSettings(url), query_timeout: heartbeatTimeoutMs })
    client.on('notification', ({ channel, payload }) => hear(channel, payload ?? ''))
    client.on('error', (error) => log.warn('listening connection lost', { reason: error.message }))
    await client.connect()
    const heartbeat = setInterval(() => {
      client.query('select 1').catch(() => client.end())
    }, heartbeatMs)
    heartbeat.unref()
    client.once('end', () => {
      clearInterval(heartbeat)
      connection = undefined
      if (!isClosed && channels.size > 0) connection = reconnect()
    })
    for (const channel of channels.keys()) await client.query(`listen ${sql.id(channel).text}`)
    return client
  }

  const reconnect = async (): Promise<pg.Client> => {
    for (let pauseMs = firstPauseMs; !isClosed; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      await sleep(pauseMs)
      const client = await connect().catch(() => undefined)
      if (!client) continue
      for (const channel of channels.keys()) hear(channel, '')
      return client
    }
    throw fault('the database was closed', { code: 'database.ended' })
  }

  const stopHearing = async (channel: string, heard: Heard) => {
    const listeners = channels.get(channel)
    if (!listeners?.delete(heard) || listeners.size > 0) return
    channels.delete(channel)
    const client = await connection?.catch(() => undefined)
    await client?.query(`unlisten ${sql.id(channel).text}`).catch(() => undefined)
  }

  return {
    listen: async (channel, heard) => {
      const listeners = channels.get(channel)
      if (listeners) listeners.add(heard)
      else channels.set(channel, new Set([heard]))
      connection ??= connect()
      const client = await connection
      if (!listeners) await client.query(`listen ${sql.id(channel).text}`)
      return () => stopHearing(channel, heard)
    },
    close: async () => {
      isClosed = true
      channels.clear()
      const client = await connection?.catch(() => undefined)
      await client?.end()
    },
  }
}

function callSafely(heard: Heard, payload: string, channel: string, log: Logger): void {
  try {
    heard(payload)
  } catch (error) {
    log.error('a listener failed', {
      channel,
      reason: error instanceof Error ? error.message : String(error),
    })
  }
}
