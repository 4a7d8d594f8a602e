/**
 * The trail to a SIEM: RFC 5424 messages over TLS (RFC 5425, octet counting), as IHE ATNA asks. Sealed entries are sent in
 * their order behind a durable cursor, by one process at a time; what a broken connection may have lost is sent again.
 */
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { type Database, sql, type Transaction } from '@xinglin/database'
import type { Runtime } from '@xinglin/runtime'
import { firstPlace, type Place } from '../proof/entry-text.ts'
import { sealedEntries, type TrailEntry } from '../sealed-entries.ts'
import { auditMessage } from './audit-message.ts'

/** Facility 10 (security), severity 5 (notice): what ATNA uses (IHE ITI TF-2 §3.20.7.1). */
const priority = 10 * 8 + 5
/** About 400 KB. */
const entriesAtOnce = 300
const everyMs = 1_000
/** Syslog has no acknowledgement: a batch counts as taken when the connection stands so long after it. */
const settleMs = 250
const firstBackOffMs = 1_000
const longestBackOffMs = 60_000
const connectWithinMs = 10_000
/** "syslg" in ASCII: the lock of whoever sends. */
const sendingLock = 0x7379_736c67n

export type SyslogTarget = {
  readonly host: string
  readonly port: number
  /** Authorities in PEM; those of Node where absent. */
  readonly ca?: string
  /** For servers that demand a certificate of the sender, as ATNA does. */
  readonly cert?: string
  readonly key?: string
}

export type SyslogParts = {
  readonly database: Database
  readonly runtime: Runtime
  readonly target: SyslogTarget
}

/** Sends until it is stopped; while the target does not answer it waits 1 s, doubling to 60 s, and loses nothing. */
export function startSyslogExport(parts: SyslogParts): { stop(): Promise<void> } {
  const { log } = parts.runtime
  const stopping = new AbortController()
  const pause = (ms: number) =>
    // The pause ends so when the platform stops.
    sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined)
  const line = createLine(parts.target)
  const work = async () => {
    let backOffMs = firstBackOffMs
    while (!stopping.signal.aborted) {
      try {
        const sent = await parts.database.transaction((transaction) => sendBatch(parts, transaction, line))
        backOffMs = firstBackOffMs
        if (sent < entriesAtOnce) await pause(everyMs)
      } catch (error) {
        line.close()
        log.warn('audit entries wait for the syslog server', {
          waitMs: backOffMs,
          error: error instanceof Error ? error.message : typeof error,
        })
        await pause(backOffMs)
        backOffMs = Math.min(backOffMs * 2, longestBackOffMs)
      }
    }
    line.close()
  }
  const working = work()
  return {
    async stop() {
      stopping.abort()
      await working
    },
  }
}

/** Sends what stands behind the cursor and moves it; answers how many entries. */
async function sendBatch(
  { runtime, target }: SyslogParts,
  transaction: Transaction,
  line: Line,
): Promise<number> {
  const [turn] = await transaction.query(
    sql<{ isOurs: boolean }>`select pg_try_advisory_xact_lock(${sendingLock.toString()}::bigint) as "isOurs"`,
  )
  if (!turn?.isOurs) return 0
  const name = `${target.host}:${target.port}`
  const [cursor] = await transaction.query(
    sql<Place>`select xid::text, id::text from trail.export where target = ${name}`,
  )
  const { timeZone } = runtime
  const entries = await sealedEntries(transaction, {
    after: cursor ?? firstPlace,
    limit: entriesAtOnce,
    timeZone,
  })
  const last = entries.at(-1)
  if (!last) return 0
  await line.send(Buffer.concat(entries.map(frame)))
  await transaction.query(sql`
    insert into trail.export (target, xid, id, at)
    values (${name}, ${last.xid}::xid8, ${last.id}::bigint, ${runtime.now()}::timestamptz)
    on conflict (target) do update set xid = excluded.xid, id = excluded.id, at = excluded.at`)
  return entries.length
}

/** RFC 5425 §4.3.1: the length in octets, a space, the message. */
function frame(entry: TrailEntry): Buffer {
  const message = Buffer.from(
    `<${priority}>1 ${entry.at} ${hostname()} xinglin ${process.pid} IHE+RFC-3881 - \uFEFF${auditMessage(entry)}`,
  )
  return Buffer.concat([Buffer.from(`${message.length} `), message])
}

type Line = {
  /** Settles when the bytes have left and the connection has stood for a moment. */
  send(bytes: Buffer): Promise<void>
  close(): void
}

/** One connection, made when it is needed. */
function createLine({ host, port, ca, cert, key }: SyslogTarget): Line {
  let socket: TLSSocket | undefined
  const options: ConnectionOptions = {
    ...{ host, port, minVersion: 'TLSv1.2', servername: /^[\d.:]+$/.test(host) ? '' : host },
    ...(ca ? { ca } : {}),
    ...(cert && key ? { cert, key } : {}),
  }
  return {
    async send(bytes) {
      if (!socket || socket.destroyed) socket = await connected(options)
      await written(socket, bytes)
    },
    close() {
      socket?.destroy()
      socket = undefined
    },
  }
}

function connected(options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect(options)
    socket.setTimeout(connectWithinMs, () => socket.destroy(new Error('the syslog server does not answer')))
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      socket.setTimeout(0)
      socket.off('error', reject)
      // What goes wrong afterwards shows at the next write.
      socket.on('error', () => undefined)
      // Servers say nothing; read so that their end is noticed.
      socket.resume()
      resolve(socket)
    })
  })
}

async function written(socket: TLSSocket, bytes: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const ended = () => reject(new Error('the syslog server ended the connection'))
    socket.once('close', ended)
    socket.write(bytes, (error) => {
      socket.off('close', ended)
      if (error) reject(error)
      else resolve()
    })
  })
  await sleep(settleMs)
  if (socket.destroyed || socket.readableEnded) throw new Error('the syslog server ended the connection')
}
