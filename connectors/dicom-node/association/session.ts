/**
 * One association as acceptor (PS3.8 §9.2): socket in, commands out. The state machine decides what each event does;
 * presentation data go to the message reader as they come. It requests nothing by itself but the close.
 */
import type { Socket } from 'node:net'
import { DicomError } from '@xinglin/dicom'
import {
  type AssociateReject,
  type AssociateRequest,
  type AssociationAction,
  type AssociationEvent,
  type AssociationState,
  abort,
  associateAccept,
  associateReject,
  type ControlPdu,
  createPduReader,
  dataPdus,
  type PduListener,
  releaseResponse,
  transition,
} from '@xinglin/dicom/network'
import { artimMs, maxPduBytes, maxUnsentBytes } from '../settings.ts'
import { type AcceptedContext, decideContexts, rejectionOf } from './negotiate.ts'

export type SessionEvents = {
  /** Presentation data in an accepted context; `context` is undefined for one that was not accepted. */
  readonly data: Omit<PduListener, 'control'>
  /** Stores of this association are told to stop; nobody will read their answer. */
  readonly ended: () => void
  readonly established: (peer: { readonly callingAe: string }) => void
  readonly noted: (message: string, fields: Readonly<Record<string, unknown>>) => void
}
export type SessionOptions = {
  readonly aeTitle: string
  /** Set where this connection is one too many. */
  readonly refuseWith?: AssociateReject
  readonly events: SessionEvents
}

export interface Session {
  contextOf(id: number): AcceptedContext | undefined
  callingAe(): string
  /** Sends a command set in a context; false when the association is over. */
  send(contextId: number, command: Uint8Array): boolean
  /** A-ABORT by us (PS3.8 §9.3.8, source 2: the provider). */
  abort(reason: string): void
  isEstablished(): boolean
  /** Bytes of the peer, valid during the call. */
  receive(bytes: Uint8Array): void
}

const serviceProvider = 2
const reasonNotSpecified = 0
const reasonUnexpectedPdu = 2

/** Serves a connection that has just been opened. */
export function startSession(socket: Socket, options: SessionOptions): Session {
  const { events } = options
  let state: AssociationState = 'Sta1'
  let artim: NodeJS.Timeout | undefined
  let contexts: ReadonlyMap<number, AcceptedContext> = new Map()
  let request: AssociateRequest | undefined
  let peerMaxPduBytes = 0
  let hasEnded = false

  function happen(event: AssociationEvent): void {
    const found = transition(state, event)
    if (!found.isPossible) {
      events.noted('association event out of place', { state, event })
      closeNow()
      return
    }
    state = found.next
    act(found.action)
  }

  function act(action: AssociationAction): void {
    switch (action) {
      case 'AE-5':
        startArtim()
        return
      case 'AE-6':
        stopArtim()
        decide()
        return
      case 'AE-7':
      case 'DT-1':
      case 'DT-2':
      case 'AA-6':
        return
      case 'AE-8':
        startArtim()
        return
      case 'AR-2':
        happen('release-answer-wanted')
        return
      case 'AR-4':
        write(releaseResponse())
        awaitClose()
        return
      case 'AA-1':
      case 'AA-7':
      case 'AA-8':
        write(abort({ source: serviceProvider, reason: reasonUnexpectedPdu }))
        awaitClose()
        return
      case 'AA-2':
      case 'AA-3':
        closeNow()
        return
      default:
        stopArtim()
        ended()
        return
    }
  }

  function decide(): void {
    if (!request) {
      happen('abort-wanted')
      return
    }
    const rejection = options.refuseWith ?? rejectionOf(request, options.aeTitle)
    if (rejection) {
      write(associateReject(rejection))
      events.noted('association rejected', { ...rejection })
      happen('reject-wanted')
      socketEnd()
      return
    }
    const { decided, accepted } = decideContexts(request.contexts)
    contexts = accepted
    peerMaxPduBytes = request.maxPduBytes
    const { calledAe, callingAe } = request
    write(associateAccept({ calledAe, callingAe, contexts: decided, maxPduBytes }))
    events.established({ callingAe })
    happen('accept-wanted')
  }

  function control(pdu: ControlPdu): void {
    switch (pdu.kind) {
      case 'associate-request':
        request = pdu.body
        happen('request-pdu')
        return
      case 'associate-accept':
        happen('accept-pdu')
        return
      case 'associate-reject':
        happen('reject-pdu')
        return
      case 'release-request':
        happen('release-request-pdu')
        return
      case 'release-response':
        happen('release-response-pdu')
        return
      case 'abort':
        happen('abort-pdu')
        return
    }
  }

  const reader = createPduReader({
    control,
    dataBegin(header) {
      happen('data-pdu')
      if (state === 'Sta6') events.data.dataBegin(header)
    },
    data: (header, bytes) => {
      if (state === 'Sta6') events.data.data(header, bytes)
    },
    dataEnd: (header) => {
      if (state === 'Sta6') events.data.dataEnd(header)
    },
  })

  function receive(bytes: Uint8Array): void {
    if (state === 'Sta13' || hasEnded) return
    try {
      reader.write(bytes)
    } catch (error) {
      if (!(error instanceof DicomError)) throw error
      events.noted('association aborted', { code: error.code, reason: error.message })
      if (!hasEnded) happen('invalid-pdu')
    }
  }

  function write(bytes: Uint8Array): void {
    if (socket.writable) socket.write(bytes)
  }
  function startArtim(): void {
    artim ??= setTimeout(() => {
      artim = undefined
      happen('artim-expired')
    }, artimMs)
  }
  function stopArtim(): void {
    clearTimeout(artim)
    artim = undefined
  }
  function awaitClose(): void {
    startArtim()
    ended()
    socketEnd()
  }
  /** Half-close: what was written still goes out, then the peer closes, or ARTIM does. */
  function socketEnd(): void {
    socket.end()
  }
  function closeNow(): void {
    stopArtim()
    ended()
    socket.destroy()
  }
  function ended(): void {
    if (hasEnded) return
    hasEnded = true
    events.ended()
  }

  socket.setNoDelay(true)
  socket.on('error', (error) => events.noted('connection failed', { reason: error.message }))
  socket.on('close', () => {
    if (state !== 'Sta1') happen('connection-closed')
    stopArtim()
    ended()
  })
  happen('connection-came')

  return {
    contextOf: (id) => contexts.get(id),
    callingAe: () => request?.callingAe ?? '',
    isEstablished: () => state === 'Sta6',
    receive,
    send(contextId, command) {
      if (state !== 'Sta6') return false
      if (socket.writableLength > maxUnsentBytes) {
        events.noted('association aborted', { reason: 'the peer reads no answers' })
        happen('abort-wanted')
        return false
      }
      socket.cork()
      for (const part of dataPdus(contextId, true, command, peerMaxPduBytes)) socket.write(part)
      socket.uncork()
      happen('data-wanted')
      return true
    },
    abort(reason) {
      if (state === 'Sta1' || state === 'Sta13') {
        closeNow()
        return
      }
      events.noted('association aborted', { reason })
      if (state === 'Sta2') {
        closeNow()
        return
      }
      write(abort({ source: serviceProvider, reason: reasonNotSpecified }))
      state = 'Sta13'
      awaitClose()
    },
  }
}
