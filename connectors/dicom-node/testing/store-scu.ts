/** A storage SCU (PS3.4 annex B) for tests: proposes contexts, sends instances, gives back statuses. */
import { connect, type Socket } from 'node:net'
import { verificationSopClass } from '@xinglin/dicom'
import {
  type AssociateAccept,
  associateRequest,
  type CommandSet,
  type ControlPdu,
  commands,
  createPduReader,
  dataPdus,
  parseCommandSet,
  releaseRequest,
  writeCommandSet,
} from '@xinglin/dicom/network'
import type { TestInstance } from './ct-instance.ts'

export type ScuOptions = {
  readonly port: number
  readonly calledAe?: string
  readonly callingAe?: string
  readonly contexts: readonly {
    readonly abstractSyntax: string
    readonly transferSyntaxes: readonly string[]
  }[]
}
export interface Scu {
  readonly accepted: AssociateAccept
  readonly socket: Socket
  echo(): Promise<number>
  /** The status of the C-STORE response. */
  store(instance: TestInstance, options?: { pduBytes?: number }): Promise<CommandSet>
  release(): Promise<void>
}

/** Opens an association; rejects with the kind of the PDU where it is not accepted. */
export function openScu(options: ScuOptions): Promise<Scu> {
  return new Promise((settle, fail) => {
    const socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true })
    const waiting = new Map<number, (answer: CommandSet) => void>()
    let parts: Uint8Array[] = []
    let messageId = 0
    let released: (() => void) | undefined
    let failing: (cause: Error) => void = fail
    const control = (pdu: ControlPdu): void => {
      if (pdu.kind === 'associate-accept') settle(scuOf(pdu.body))
      else if (pdu.kind === 'release-response') {
        socket.end()
        released?.()
      } else {
        failing(new Error(pdu.kind, { cause: pdu }))
        socket.destroy()
      }
    }
    const reader = createPduReader({
      control,
      dataBegin: () => {},
      data: (_header, bytes) => void parts.push(Buffer.from(bytes)),
      dataEnd: (header) => {
        if (!header.isLast) return
        const answer = parseCommandSet(Buffer.concat(parts))
        parts = []
        waiting.get(answer.respondsTo ?? 0)?.(answer)
        waiting.delete(answer.respondsTo ?? 0)
      },
    })
    socket.on('data', (chunk) => reader.write(chunk))
    socket.on('error', (error) => failing(error))
    socket.on('close', () => failing(new Error('closed')))
    socket.on('connect', () => {
      const contexts = options.contexts.map((context, index) => ({ id: 2 * index + 1, ...context }))
      const { calledAe = 'XINGLIN', callingAe = 'TESTSCU' } = options
      socket.write(associateRequest({ calledAe, callingAe, contexts, maxPduBytes: 65_536 }))
    })

    function scuOf(accepted: AssociateAccept): Scu {
      const contextFor = (sopClassUid: string, transferSyntaxUid?: string): number => {
        const found = accepted.contexts.find((context) => {
          const proposed = options.contexts[(context.id - 1) / 2]
          return (
            context.result === 0 &&
            proposed?.abstractSyntax === sopClassUid &&
            (transferSyntaxUid === undefined || context.transferSyntax === transferSyntaxUid)
          )
        })
        if (!found) throw new Error(`no accepted context for ${sopClassUid}`)
        return found.id
      }
      const ask = (
        contextId: number,
        command: Omit<CommandSet, 'messageId'>,
        dataset?: Uint8Array,
        pduBytes?: number,
      ) =>
        new Promise<CommandSet>((answer, refuse) => {
          messageId += 1
          failing = refuse
          waiting.set(messageId, answer)
          socket.cork()
          for (const part of dataPdus(contextId, true, writeCommandSet({ ...command, messageId }), 0))
            socket.write(part)
          if (dataset)
            for (const part of dataPdus(contextId, false, dataset, pduBytes ?? accepted.maxPduBytes))
              socket.write(part)
          socket.uncork()
        })
      return {
        accepted,
        socket,
        async echo() {
          const command = {
            commandField: commands.echoRequest,
            sopClassUid: verificationSopClass,
            hasDataSet: false,
          }
          return (await ask(contextFor(verificationSopClass), command)).status ?? -1
        },
        store: (instance, { pduBytes } = {}) =>
          ask(
            contextFor(instance.sopClassUid, instance.transferSyntaxUid),
            {
              commandField: commands.storeRequest,
              sopClassUid: instance.sopClassUid,
              sopInstanceUid: instance.sopInstanceUid,
              hasDataSet: true,
            },
            instance.dataset,
            pduBytes,
          ),
        release: () =>
          new Promise((done) => {
            released = done
            failing = () => done()
            socket.write(releaseRequest())
          }),
      }
    }
  })
}
