/** One connection of a sender: frames in, answers out in the order of the frames. States and events: SPEC.md. */
import type { Socket } from 'node:net'
import type { RawHeader } from '@xinglin/hl7v2'
import { createFrameReader, type FrameEvent, frame as framed } from '@xinglin/hl7v2/mllp'
import type { Runtime } from '@xinglin/runtime'
import { answersTo } from './answer.ts'
import type { Answered } from './intake.ts'
import type { ListenerLimits } from './limits.ts'
import type { Refusal } from './refusal.ts'

export interface Session {
  /** Called once a second with a clock that does not go back. */
  tick(nowMs: number): void
  /** Takes nothing new, answers what is on its way, then closes. */
  drain(): Promise<void>
}

/** What one who listens makes of frames. */
export type FrameTaker<Frame extends { readonly header: RawHeader }> = {
  readonly read: (content: Uint8Array) => Frame
  /** A frame that is refused for how it came. */
  readonly refused: (content: Uint8Array, refusal: Refusal) => Frame
  /** Never rejects. */
  readonly take: (frame: Frame) => Promise<Answered>
}

export type SessionNeeds<Frame extends { readonly header: RawHeader }> = {
  readonly taker: FrameTaker<Frame>
  readonly runtime: Runtime
  readonly limits: ListenerLimits
  readonly clock: () => number
}

/** Serves a socket until either side closes it. */
export function openSession<Frame extends { readonly header: RawHeader }>(
  socket: Socket,
  needs: SessionNeeds<Frame>,
): Session {
  const { taker, runtime, limits, clock } = needs
  const reader = createFrameReader(limits.frame)
  let answers: Promise<void> = Promise.resolve()
  let inFlight = 0
  let inFlightBytes = 0
  let lastByteMs = clock()
  let isForeign = false
  let isClosing = false

  socket.setNoDelay(true)
  socket.setKeepAlive(true, limits.keepAliveMs)
  socket.on('data', (chunk: Buffer) => {
    lastByteMs = clock()
    act(reader.push(chunk, lastByteMs))
    throttle()
  })
  socket.on('end', () => {
    act(reader.end())
    void close()
  })
  socket.on('error', (cause: Error) => runtime.log.debug('hl7 connection failed', { cause: cause.name }))

  function act(events: readonly FrameEvent[]): void {
    for (const event of events) {
      switch (event.kind) {
        case 'frame':
          answer(taker.read(event.content), event.content.byteLength)
          break
        case 'oversize':
          answer(taker.refused(event.head, oversize(limits.frame.frameBytes)), event.head.byteLength)
          break
        case 'broken':
          answer(taker.refused(event.head, broken(event.why)), event.head.byteLength)
          break
        case 'garbage':
          runtime.log.info('hl7 bytes outside a frame', { bytes: event.lengthBytes })
          break
        case 'foreign':
          refuseForeign()
          break
      }
    }
  }

  function answer(frame: Frame, bytes: number): void {
    inFlight += 1
    inFlightBytes += bytes
    const answered = taker.take(frame)
    answers = answers
      .then(async () => {
        const outcome = await answered
        for (const content of answersTo(frame.header, outcome, runtime)) write(content)
        inFlight -= 1
        inFlightBytes -= bytes
        throttle()
      })
      .catch((cause: unknown) => {
        // A sender without an answer would wait; one that is cut off sends again.
        runtime.log.error('hl7 answer could not be made', {
          cause: cause instanceof Error ? cause.name : 'unknown',
        })
        socket.destroy()
      })
  }

  /** Not stored: these bytes claim to be no message. */
  function refuseForeign(): void {
    if (isForeign) return
    isForeign = true
    const refusal: Refusal = {
      kind: 'R',
      condition: 'segmentSequence',
      code: 'hl7.no-frame',
      reason: 'bytes came outside a frame; MLLP begins a frame with 0B and ends it with 1C 0D (hexadecimal)',
    }
    runtime.log.warn('hl7 connection closed', { code: refusal.code })
    answers = answers.then(() => {
      for (const content of answersTo(
        { fields: [], fieldSeparator: '|' },
        { kind: 'refused', refusal },
        runtime,
      ))
        write(content)
    })
    void close()
  }

  function write(content: Uint8Array): void {
    if (socket.destroyed) return
    socket.write(framed(content))
    // A sender that does not read its answers would make us keep them.
    if (socket.writableLength > limits.unreadAnswerBytes) socket.destroy()
  }

  /** Reading stops while too much is on its way, so memory is bounded by connections, not by their speed. */
  function throttle(): void {
    const isFull = inFlight >= limits.inFlightMessages || inFlightBytes >= limits.inFlightBytes
    if (isFull !== socket.isPaused() && !socket.destroyed) isFull ? socket.pause() : socket.resume()
  }

  async function close(): Promise<void> {
    if (isClosing) return
    isClosing = true
    await answers
    socket.end()
    socket.destroySoon()
  }

  return {
    tick(nowMs) {
      act(reader.expire(nowMs))
      // A sender that forgets the start byte waits for an answer that would never come.
      if (reader.outsideBytes > 0 && nowMs - lastByteMs > limits.outsideMs) refuseForeign()
      if (inFlight === 0 && nowMs - lastByteMs > limits.idleMs) void close()
    },
    async drain() {
      socket.pause()
      await close()
    },
  }
}

function oversize(frameBytes: number): Refusal {
  return {
    kind: 'R',
    condition: 'internal',
    code: 'hl7.frame-oversize',
    reason: `the frame is larger than ${frameBytes} bytes; only its beginning is kept`,
  }
}

function broken(why: 'restarted' | 'late' | 'closed'): Refusal {
  const reasons = {
    restarted: 'a new frame began before this one ended',
    late: 'the frame took too long to arrive',
    closed: 'the connection was closed inside the frame',
  }
  return { kind: 'R', condition: 'segmentSequence', code: 'hl7.frame-broken', reason: reasons[why] }
}
