/**
 * A table or view as a source: rows behind a cursor, each as JSON, in its order. The cursor is on the disk after the rows are
 * taken. Rows become visible when they are committed, not in the order of their numbers and times: each look begins a while
 * before the cursor, and leaves out what it saw there. After a kill the journal knows what was taken, by the row's place.
 */
import { createHash } from 'node:crypto'
import { busy } from '@xinglin/fhir'
import { type Incoming, type OpenSource, type SourceSeat, startPolling, type Take } from '@xinglin/interfaces'
import type { Runtime } from '@xinglin/runtime'
import type { Connection, From, Place, Row } from './engines/engine.ts'
import type { SourceSettings } from './settings.ts'

/** Pages of one look; the next follows at once. */
const mostPages = 20
/** Places kept of the rows before the cursor; what is forgotten is taken again, and the journal knows it. */
const mostSeen = 100_000
const cursorKey = 'cursor'
/** The last row that was there before the first look, where the source begins with new ones. */
const beginKey = 'begin'

export type DatabaseSourceOptions = {
  readonly connect: () => Promise<Connection>
  readonly settings: SourceSettings
  /** For people; part of what a row is known by. */
  readonly address: string
  readonly longestLookMs: number
  readonly take: Take
  readonly seat: SourceSeat
  readonly runtime: Runtime
}

/** Looks at the table until it is stopped. */
export function openDatabaseSource(options: DatabaseSourceOptions): OpenSource {
  const { seat, settings, runtime, address, longestLookMs } = options
  const { everyMs } = settings
  let connection: Connection | undefined
  let cursor: Place | undefined
  let begin: Place | undefined
  /** The next page of a look that is not at the end. */
  let page: From | undefined
  let isInside = false
  let before: ReadonlySet<string> = new Set()
  let seen = new Set<string>()

  async function open(): Promise<Connection> {
    if (connection) return connection
    const opened = await options.connect()
    connection = opened
    const noted = await seat.memory.read()
    cursor = placeIn(noted.get(cursorKey))
    begin = placeIn(noted.get(beginKey))
    if (noted.size === 0 && settings.begin === 'new') await beginBehind(await opened.last(settings))
    return opened
  }

  async function beginBehind(place: Place | undefined): Promise<void> {
    if (!place) return
    const text = JSON.stringify(place)
    await seat.memory.write(
      new Map([
        [beginKey, text],
        [cursorKey, text],
      ]),
    )
    begin = place
    cursor = place
  }

  async function note(place: Place): Promise<void> {
    await seat.memory.write(new Map([[cursorKey, JSON.stringify(place)]]))
    cursor = place
  }

  async function look(signal: AbortSignal) {
    const open_ = await open()
    if (!isInside) {
      page = cursor && lookBack(cursor, settings)
      before = seen
      seen = new Set()
      isInside = true
    }
    for (let count = 0; count < mostPages; count++) {
      signal.throwIfAborted()
      const { table, cursor: columns, batch: limit } = settings
      const rows = await open_.rows({ table, cursor: columns, limit, ...(page ? { from: page } : {}) })
      await takeRows(rows.filter(isNew))
      const last = rows.at(-1)
      for (const { place } of rows) remember(keyOf(place))
      if (last && isBehind(last.place, cursor)) await note(last.place)
      if (rows.length < limit || !last) {
        isInside = false
        return { hasMore: false }
      }
      page = { kind: 'behind', place: last.place }
    }
    return { hasMore: true }
  }

  function isNew({ place }: Row): boolean {
    const key = keyOf(place)
    return !before.has(key) && !seen.has(key) && isBehind(place, begin)
  }

  function remember(key: string): void {
    seen.add(key)
    const [oldest] = seen
    if (seen.size > mostSeen && oldest !== undefined) seen.delete(oldest)
  }

  async function takeRows(rows: readonly Row[]): Promise<void> {
    const answers = await Promise.all(rows.map((row) => options.take(incomingOf(options, row))))
    if (answers.some(({ kind }) => kind === 'failed'))
      throw busy('rows of a table could not be stored yet', { code: 'databases.not-taken' })
  }

  async function close(): Promise<void> {
    connection?.close()
    connection = undefined
    isInside = false
  }

  return startPolling({ seat, runtime, address, everyMs, longestLookMs, look, close })
}

/** Where a look begins: so far before the cursor as others may commit late. */
function lookBack(cursor: Place, { late }: SourceSettings): From {
  if (cursor.time !== undefined) return { kind: 'since', time: cursor.time, lessMs: late }
  return { kind: 'behind', place: { id: String(BigInt(cursor.id) - BigInt(late)) } }
}

/** Places of one look come in order: within what was looked back on, the cursor stays. */
function isBehind(place: Place, cursor: Place | undefined): boolean {
  if (!cursor) return true
  if (place.time === undefined || cursor.time === undefined) return BigInt(place.id) > BigInt(cursor.id)
  return place.time > cursor.time || (place.time === cursor.time && place.id !== cursor.id)
}

function keyOf({ id, time }: Place): string {
  return time === undefined ? id : `${id}@${time}`
}

/** The same again whenever this row is read by this interface in this state, and by it alone. */
function incomingOf({ address, seat, settings }: DatabaseSourceOptions, { place, json }: Row): Incoming {
  const controlId = keyOf(place)
  const digest = createHash('sha256').update(`${seat.interface}\0${controlId}`).digest()
  return { sender: address, subject: settings.table.join('.'), controlId, raw: Buffer.from(json), digest }
}

function placeIn(noted: string | undefined): Place | undefined {
  return noted === undefined ? undefined : (JSON.parse(noted) as Place)
}
