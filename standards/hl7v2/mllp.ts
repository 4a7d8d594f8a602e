/**
 * MLLP release 1 (HL7 v2.3.1 implementation guide, appendix C): `<VT> content <FS><CR>`. A resumable reader: bytes come
 * in any chunks, events come out the same. States and events are tabled in SPEC.md.
 *
 * It knows no HL7 and keeps no time of its own; `nowMs` comes in with the bytes.
 */

export const startByte = 0x0b
export const endByte = 0x1c
export const carriageReturn = 0x0d

export type FrameLimits = {
  /** Bytes of content of one frame. */
  readonly frameBytes: number
  /** Bytes that may stand between frames before the peer is taken for no MLLP sender. */
  readonly garbageBytes: number
  /** From the first byte of a frame to its last, in milliseconds; a slower sender holds a connection for nothing. */
  readonly frameMs: number
}

/** Messages with embedded documents reach 10 MiB; a frame travels a slow ward link in seconds, not minutes. */
export const frameLimits: FrameLimits = {
  frameBytes: 16 * 1024 * 1024,
  garbageBytes: 64 * 1024,
  frameMs: 30_000,
}

/** Kept of a frame that is too large, so that its header can be answered. */
export const keptOfOversizeBytes = 4096

export type FrameEvent =
  | { readonly kind: 'frame'; readonly content: Uint8Array }
  /** Ended properly, but larger than allowed; `head` is how it began. */
  | { readonly kind: 'oversize'; readonly head: Uint8Array; readonly lengthBytes: number }
  /** A new frame began, time ran out or the stream ended before the end of this one. */
  | {
      readonly kind: 'broken'
      readonly why: 'restarted' | 'late' | 'closed'
      readonly head: Uint8Array
      readonly lengthBytes: number
    }
  /** Bytes between frames, other than line ends. */
  | { readonly kind: 'garbage'; readonly lengthBytes: number }
  /** More garbage than allowed; nothing is read any more. */
  | { readonly kind: 'foreign'; readonly lengthBytes: number }

export interface FrameReader {
  /** Events of these bytes. `nowMs` is any clock that does not go back. */
  push(chunk: Uint8Array, nowMs: number): readonly FrameEvent[]
  /** The event of a frame that has taken too long; call it from a timer. */
  expire(nowMs: number): readonly FrameEvent[]
  /** The stream has ended. */
  end(): readonly FrameEvent[]
  readonly state: FrameState
  /** Bytes between frames that no event has told of yet. */
  readonly outsideBytes: number
}
export type FrameState = 'between' | 'inside' | 'ending' | 'discarding' | 'discarding-end' | 'foreign'

/** `<VT> content <FS><CR>`. */
export function frame(content: Uint8Array): Uint8Array {
  const framed = Buffer.allocUnsafe(content.byteLength + 3)
  framed[0] = startByte
  framed.set(content, 1)
  framed[content.byteLength + 1] = endByte
  framed[content.byteLength + 2] = carriageReturn
  return framed
}

/** A reader at the beginning of a stream. */
export function createFrameReader(limits: FrameLimits = frameLimits): FrameReader {
  let state: FrameState = 'between'
  let parts: Buffer[] = []
  let lengthBytes = 0
  let garbageBytes = 0
  let startedMs = 0

  const start = (nowMs: number): void => {
    state = 'inside'
    parts = []
    lengthBytes = 0
    startedMs = nowMs
  }
  const take = (bytes: Buffer): void => {
    lengthBytes += bytes.byteLength
    if (state === 'discarding') return
    parts.push(bytes)
    if (lengthBytes > limits.frameBytes) {
      parts = [Buffer.from(headOf(parts))]
      state = 'discarding'
    }
  }
  const broken = (why: 'restarted' | 'late' | 'closed'): FrameEvent => {
    const event: FrameEvent = { kind: 'broken', why, head: headOf(parts), lengthBytes }
    parts = []
    state = 'between'
    return event
  }
  const garbage = (): readonly FrameEvent[] => {
    if (garbageBytes === 0) return []
    const event: FrameEvent = { kind: 'garbage', lengthBytes: garbageBytes }
    garbageBytes = 0
    return [event]
  }
  const finish = (): FrameEvent => {
    const event: FrameEvent =
      state === 'discarding-end'
        ? { kind: 'oversize', head: headOf(parts), lengthBytes }
        : { kind: 'frame', content: parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts) }
    parts = []
    state = 'between'
    return event
  }

  /** Each reads from `offset` and answers where the next state goes on. */
  function readBetween(chunk: Buffer, offset: number, nowMs: number, events: FrameEvent[]): number {
    const found = chunk.indexOf(startByte, offset)
    const end = found < 0 ? chunk.byteLength : found
    for (let index = offset; index < end; index++) {
      const byte = chunk[index]
      if (byte !== carriageReturn && byte !== 0x0a) garbageBytes++
    }
    if (garbageBytes > limits.garbageBytes) {
      state = 'foreign'
      // The count at the limit, not at the end of the chunk: chunks must not show in the events.
      events.push({ kind: 'foreign', lengthBytes: limits.garbageBytes + 1 })
      return chunk.byteLength
    }
    if (found < 0) return end
    events.push(...garbage())
    start(nowMs)
    return found + 1
  }
  function readInside(chunk: Buffer, offset: number, nowMs: number, events: FrameEvent[]): number {
    const started = chunk.indexOf(startByte, offset)
    const ended = chunk.indexOf(endByte, offset)
    const stop = Math.min(started < 0 ? chunk.byteLength : started, ended < 0 ? chunk.byteLength : ended)
    if (stop > offset) take(chunk.subarray(offset, stop))
    if (stop === chunk.byteLength) return stop
    if (stop === started) {
      events.push(broken('restarted'))
      start(nowMs)
    } else {
      state = state === 'discarding' ? 'discarding-end' : 'ending'
    }
    return stop + 1
  }
  function readEnding(chunk: Buffer, offset: number, events: FrameEvent[]): number {
    if (chunk[offset] === carriageReturn) {
      events.push(finish())
      return offset + 1
    }
    // No end after all: the byte was content, and the parser will refuse it there.
    state = state === 'discarding-end' ? 'discarding' : 'inside'
    take(Buffer.of(endByte))
    return offset
  }

  return {
    get state() {
      return state
    },
    get outsideBytes() {
      return garbageBytes
    },
    push(bytes, nowMs) {
      const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const events: FrameEvent[] = []
      let offset = 0
      while (offset < chunk.byteLength && state !== 'foreign') {
        if (state === 'between') offset = readBetween(chunk, offset, nowMs, events)
        else if (state === 'inside' || state === 'discarding')
          offset = readInside(chunk, offset, nowMs, events)
        else offset = readEnding(chunk, offset, events)
      }
      return events
    },
    expire(nowMs) {
      if (state === 'between' || state === 'foreign' || nowMs - startedMs <= limits.frameMs) return []
      return [broken('late')]
    },
    end() {
      if (state === 'foreign') return []
      return state === 'between' ? garbage() : [broken('closed')]
    },
  }
}

function headOf(parts: readonly Buffer[]): Uint8Array {
  const kept: Buffer[] = []
  let bytes = 0
  for (const each of parts) {
    if (bytes >= keptOfOversizeBytes) break
    kept.push(each.subarray(0, keptOfOversizeBytes - bytes))
    bytes += each.byteLength
  }
  return Buffer.concat(kept)
}
