/**
 * DIMSE messages of one association (PS3.7 §6.3, §9): command sets are collected, datasets go to a store as they come.
 * C-ECHO and C-STORE are served; every other request is answered with 0211H.
 */
import { isStorageSopClass } from '@xinglin/dicom'
import {
  type CommandSet,
  commands,
  type DataHeader,
  type PduListener,
  parseCommandSet,
  statuses,
  writeCommandSet,
} from '@xinglin/dicom/network'
import { maxCommandBytes, maxQueuedBytes, maxStoresInFlight } from '../settings.ts'
import { type Blocks, type ByteChannel, createByteChannel } from '../store/byte-channel.ts'
import { type Refusal, refusalOf } from '../store/refusal.ts'
import type { AcceptedContext } from './negotiate.ts'
import type { Session } from './session.ts'

export type StoreRequest = {
  readonly context: AcceptedContext
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly bytes: AsyncIterable<Uint8Array>
}
export type MessagesOptions = {
  readonly session: () => Session
  /** Settles when the instance is durable. */
  readonly store: (request: StoreRequest) => Promise<void>
  /** Told of each refusal, after its answer was sent. */
  readonly refused: (request: Omit<StoreRequest, 'bytes'>, refusal: Refusal) => void
  readonly pause: () => void
  readonly resume: () => void
  readonly blocks: Blocks
}

export interface Messages {
  readonly listener: Omit<PduListener, 'control'>
  /** Bytes of a message under way are awaited (slow senders are watched by the node). */
  isReceiving(): boolean
  /** The association is over: stores that have not got all bytes fail. */
  end(): void
  /** Settles when no store is under way. */
  idle(): Promise<void>
}

/** `dropped`: the dataset of a request that was refused already is let pass. */
type Reading =
  | { readonly kind: 'command'; readonly contextId: number; readonly parts: Uint8Array[]; bytes: number }
  | { readonly kind: 'dataset'; readonly contextId: number; readonly channel: ByteChannel }
  | { readonly kind: 'dropped'; readonly contextId: number }
  | { readonly kind: 'nothing' }

/** Messages of an association whose session is given by `session`. */
export function createMessages(options: MessagesOptions): Messages {
  const nothing: Reading = { kind: 'nothing' }
  let reading: Reading = nothing
  const underWay = new Set<Promise<void>>()
  let pauses = 0

  function begin(header: DataHeader): void {
    if (reading.kind === 'nothing' && header.isCommand)
      reading = { kind: 'command', contextId: header.contextId, parts: [], bytes: 0 }
    const isExpected =
      reading.kind !== 'nothing' &&
      reading.contextId === header.contextId &&
      (reading.kind === 'command') === header.isCommand
    if (!isExpected) breakOff('presentation data out of order')
  }

  function data(_header: DataHeader, bytes: Uint8Array): void {
    if (reading.kind === 'dataset') reading.channel.push(bytes)
    else if (reading.kind === 'command') {
      reading.bytes += bytes.length
      if (reading.bytes > maxCommandBytes) {
        breakOff('a command set is too long')
        return
      }
      reading.parts.push(new Uint8Array(bytes))
    }
  }

  function dataEnd(header: DataHeader): void {
    if (!header.isLast) return
    const finished = reading
    reading = nothing
    if (finished.kind === 'dataset') finished.channel.end()
    else if (finished.kind === 'command') serve(header.contextId, finished.parts)
  }

  function serve(contextId: number, parts: readonly Uint8Array[]): void {
    const context = options.session().contextOf(contextId)
    if (!context) {
      breakOff('a command in a context that was not accepted')
      return
    }
    const command = parseCommandSet(Buffer.concat(parts))
    if (command.hasDataSet) reading = { kind: 'dropped', contextId }
    switch (command.commandField) {
      case commands.echoRequest:
        answer(contextId, command, commands.echoResponse, { status: statuses.success })
        return
      case commands.storeRequest:
        serveStore(contextId, context, command)
        return
      case commands.cancelRequest:
        return
      default:
        answer(contextId, command, command.commandField | 0x8000, { status: statuses.unrecognisedOperation })
    }
  }

  function serveStore(contextId: number, context: AcceptedContext, command: CommandSet): void {
    const { sopClassUid = '', sopInstanceUid = '' } = command
    const fits = sopClassUid === context.abstractSyntax && isStorageSopClass(sopClassUid)
    if (!fits || !command.hasDataSet) {
      const status = fits ? statuses.cannotUnderstand : statuses.sopClassNotSupported
      answer(contextId, command, commands.storeResponse, { status })
      return
    }
    const channel = createByteChannel({ limitBytes: maxQueuedBytes, pause, resume, blocks: options.blocks })
    reading = { kind: 'dataset', contextId, channel }
    const request = { context, sopClassUid, sopInstanceUid, bytes: channel }
    const work = store(contextId, command, request)
    underWay.add(work)
    if (underWay.size === maxStoresInFlight) pause()
    void work.finally(() => {
      if (underWay.size === maxStoresInFlight) resume()
      underWay.delete(work)
    })
  }

  async function store(contextId: number, command: CommandSet, request: StoreRequest): Promise<void> {
    try {
      await options.store(request)
      answer(contextId, command, commands.storeResponse, { status: statuses.success })
    } catch (error) {
      const refusal = refusalOf(error)
      const isOver = !options.session().isEstablished()
      if (!isOver)
        answer(contextId, command, commands.storeResponse, {
          status: refusal.status,
          errorComment: refusal.reason,
        })
      options.refused(request, refusal)
    }
  }

  function answer(
    contextId: number,
    command: CommandSet,
    commandField: number,
    outcome: { readonly status: number; readonly errorComment?: string },
  ): void {
    const { messageId, sopClassUid, sopInstanceUid } = command
    options.session().send(
      contextId,
      writeCommandSet({
        commandField,
        messageId: 0,
        respondsTo: messageId,
        hasDataSet: false,
        ...(sopClassUid !== undefined && { sopClassUid }),
        ...(sopInstanceUid !== undefined && { sopInstanceUid }),
        ...outcome,
      }),
    )
  }

  function breakOff(reason: string): void {
    end()
    options.session().abort(reason)
  }

  function end(): void {
    if (reading.kind === 'dataset') reading.channel.fail(new Error('the association ended within a dataset'))
    reading = nothing
  }

  /** Several parts may ask for a pause; the socket flows again when none does. */
  function pause(): void {
    pauses += 1
    if (pauses === 1) options.pause()
  }
  function resume(): void {
    pauses -= 1
    if (pauses === 0) options.resume()
  }

  return {
    listener: { dataBegin: begin, data, dataEnd },
    isReceiving: () => reading.kind !== 'nothing',
    end,
    idle: async () => {
      await Promise.allSettled([...underWay])
    },
  }
}
