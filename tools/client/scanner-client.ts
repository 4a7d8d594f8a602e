/** A storage SCU (PS3.4 annex B): opens an association when it has something to store and waits for each status. */
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { explicitLittleEndian } from '@xinglin/dicom'
import {
  associateRequest,
  commands,
  contextResults,
  createPduReader,
  type DecidedContext,
  dataPdus,
  parseCommandSet,
  releaseRequest,
  writeCommandSet,
} from '@xinglin/dicom/network'

const maxTries = 60
const retryDelayMs = 1000
const answerLimitMs = 30_000
/** The largest PDU that this side receives; responses are a few hundred bytes. */
const maxPduBytes = 16_384

export type Instance = {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  /** Explicit VR little endian, without meta header. */
  readonly dataset: Uint8Array
}
export type ScannerAddress = {
  readonly host: string
  readonly port: number
  readonly callingTitle: string
  readonly calledTitle: string
}
/** Stores instances one after the other over one association; answers the DICOM status of each. */
export interface ScannerClient {
  store(instances: readonly Instance[]): Promise<readonly number[]>
  close(): Promise<void>
}

export function createScannerClient(address: ScannerAddress): ScannerClient {
  let association: { readonly classes: string; readonly peer: Association } | undefined
  const drop = () => {
    association?.peer.abandon()
    association = undefined
  }
  const associationFor = async (instances: readonly Instance[]) => {
    const classes = [...new Set(instances.map(({ sopClassUid }) => sopClassUid))].sort()
    if (association?.classes !== classes.join()) {
      await association?.peer.release()
      association = { classes: classes.join(), peer: await associate(address, classes) }
    }
    return association.peer
  }
  const storeOne = async (instance: Instance, all: readonly Instance[]) => {
    for (let tries = 1; ; tries++) {
      try {
        return await (await associationFor(all)).store(instance)
      } catch (cause) {
        drop()
        if (tries === maxTries) throw cause
        await pause(retryDelayMs)
      }
    }
  }
  return {
    store: async (instances) => {
      const statuses: number[] = []
      for (const instance of instances) statuses.push(await storeOne(instance, instances))
      return statuses
    },
    close: async () => {
      await association?.peer.release()
      association = undefined
    },
  }
}

/** One open association; `store` must not be called again before it has answered. */
export interface Association {
  store(instance: Instance): Promise<number>
  release(): Promise<void>
  abandon(): void
}

/** Opens an association for storage of the given SOP classes in explicit VR little endian; throws where it is refused. */
export async function associate(
  address: ScannerAddress,
  sopClasses: readonly string[],
): Promise<Association> {
  const socket = await open(address)
  const listening = listen(socket)
  const contexts = sopClasses.map((abstractSyntax, index) => ({
    id: index * 2 + 1,
    abstractSyntax,
    transferSyntaxes: [explicitLittleEndian.uid],
  }))
  socket.write(
    associateRequest({
      calledAe: address.calledTitle,
      callingAe: address.callingTitle,
      contexts,
      maxPduBytes,
    }),
  )
  const accept = await listening.next()
  if (accept.kind !== 'accepted') throw new Error(`the association was answered by ${accept.kind}`)
  const contextOf = (sopClassUid: string) => {
    const id = contexts.find(({ abstractSyntax }) => abstractSyntax === sopClassUid)?.id
    const isAccepted = accept.contexts.some(
      (one) => one.id === id && one.result === contextResults.acceptance,
    )
    if (id === undefined || !isAccepted)
      throw new Error(`no presentation context was accepted for ${sopClassUid}`)
    return id
  }
  let messageId = 0
  return {
    store: async (instance) => {
      messageId = (messageId % 65_535) + 1
      const contextId = contextOf(instance.sopClassUid)
      sendStore(socket, { contextId, messageId, instance, maxPduBytes: accept.maxPduBytes })
      const answer = await listening.next()
      if (answer.kind !== 'status') throw new Error(`the store was answered by ${answer.kind}`)
      return answer.status
    },
    release: async () => {
      socket.write(releaseRequest())
      await listening.next().catch(() => undefined)
      socket.destroy()
    },
    abandon: () => socket.destroy(),
  }
}

function sendStore(
  socket: Socket,
  message: { contextId: number; messageId: number; instance: Instance; maxPduBytes: number },
): void {
  const { contextId, messageId, instance } = message
  const command = writeCommandSet({
    commandField: commands.storeRequest,
    messageId,
    sopClassUid: instance.sopClassUid,
    sopInstanceUid: instance.sopInstanceUid,
    hasDataSet: true,
  })
  socket.cork()
  for (const part of dataPdus(contextId, true, command, message.maxPduBytes)) socket.write(part)
  for (const part of dataPdus(contextId, false, instance.dataset, message.maxPduBytes)) socket.write(part)
  socket.uncork()
}

function open({ host, port }: ScannerAddress): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

type PeerAnswer =
  | { readonly kind: 'accepted'; readonly contexts: readonly DecidedContext[]; readonly maxPduBytes: number }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'released' | 'rejected' | 'aborted' }

/** What the peer says, in order; `next` fails when the connection ends or says nothing for too long. */
function listen(socket: Socket): { next(): Promise<PeerAnswer> } {
  let waiting: { resolve: (answer: PeerAnswer) => void; reject: (error: Error) => void } | undefined
  let ended: Error | undefined
  const settle = (answer: PeerAnswer) => {
    socket.setTimeout(0)
    waiting?.resolve(answer)
    waiting = undefined
  }
  const fail = (error: Error) => {
    ended = error
    waiting?.reject(error)
    waiting = undefined
  }
  const parts: Uint8Array[] = []
  const reader = createPduReader({
    control: (pdu) => {
      if (pdu.kind === 'associate-accept')
        settle({ kind: 'accepted', contexts: pdu.body.contexts, maxPduBytes: pdu.body.maxPduBytes })
      else if (pdu.kind === 'release-response') settle({ kind: 'released' })
      else settle({ kind: pdu.kind === 'associate-reject' ? 'rejected' : 'aborted' })
    },
    dataBegin: () => undefined,
    data: (_, bytes) => parts.push(new Uint8Array(bytes)),
    dataEnd: ({ isLast }) => {
      if (isLast)
        settle({ kind: 'status', status: parseCommandSet(Buffer.concat(parts.splice(0))).status ?? 0xc000 })
    },
  })
  socket.on('data', (chunk) => {
    try {
      reader.write(chunk)
    } catch (cause) {
      socket.destroy(new Error('the peer sent what is no PDU', { cause }))
    }
  })
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the peer closed the connection')))
  socket.on('timeout', () => socket.destroy(new Error('the peer did not answer in time')))
  return {
    next: () =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended)
        waiting = { resolve, reject }
        socket.setTimeout(answerLimitMs)
      }),
  }
}
