/**
 * The HL7 v2 door: MLLP on TCP (HL7 v2.3.1 implementation guide, appendix C). Messages of the types in its README become
 * records, mapped as the published v2-to-FHIR maps say; every message is stored before it is looked at, and answered AA
 * only after a durable commit.
 *
 * It reads no batches (FHS, BHS).
 */
import type { Kernel } from '@xinglin/app'
import type { TenantId } from '@xinglin/events'
import { conflict } from '@xinglin/fhir'
import { zoneOffset } from '@xinglin/hl7v2'
import type { DoorTls } from '@xinglin/keys'
import { type Frame, type ReadingOptions, readFrame, refusedFrame } from './arrival.ts'
import { type Answered, createIntake, type Intake } from './intake.ts'
import { type ListenerLimits, listenerLimits } from './limits.ts'
import { explain } from './lineage/explain.ts'
import { startMllpServer } from './mllp-server.ts'
import { noProfiles, type Profiles } from './profiles/profiles.ts'
import { answerQuery } from './queries/answer-query.ts'
import type { Refusal } from './refusal.ts'

export { mllpDestination } from './interfaces/mllp-destination.ts'
export { mllpSource } from './interfaces/mllp-source.ts'
export { recordSource } from './outgoing/record-source.ts'
export { type OpenProfiles, openProfiles, type Profiles } from './profiles/profiles.ts'

export type Hl7ListenerOptions = {
  readonly bind: string
  /** 0 takes a free one. */
  readonly port: number
  readonly tenant: TenantId
  readonly limits?: Partial<ListenerLimits>
  /** What senders' messages must be beyond what maps need; none where absent. */
  readonly profiles?: Profiles
  /** MLLP over TLS (IHE ITI TF-2 §3.19) where given. */
  readonly tls?: DoorTls | undefined
}

export interface Hl7Listener {
  readonly port: number
  /** Takes no more connections, answers what is on its way, closes. */
  stop(): Promise<void>
}

/** Opens the door; settles when it listens. */
export async function startHl7Listener(kernel: Kernel, options: Hl7ListenerOptions): Promise<Hl7Listener> {
  const { runtime, identity } = kernel
  const limits = { ...listenerLimits, ...options.limits }
  const offset = zoneOffset(runtime.timeZone)
  const house = { offset, profiles: options.profiles ?? noProfiles }
  const reading = { tenant: options.tenant, house }
  const intake = createIntake({ kernel, offset, actor: identity.systemActor('hl7-listener', options.tenant) })
  processAgain(kernel, { intake, reading })

  const taker = {
    read: (content: Uint8Array) => readFrame(content, reading),
    refused: (content: Uint8Array, refusal: Refusal) => refusedFrame(content, refusal, reading),
    take: (frame: Frame) =>
      frame.read.kind === 'query' ? answerQuery(kernel, frame, frame.read.query) : taken(intake, frame),
  }
  const { bind, port, tls } = options
  const server = await startMllpServer(taker, { bind, port, tls, limits, runtime, idle: intake.idle })
  runtime.log.info('hl7 listener open', { bind, port: server.port })
  return {
    port: server.port,
    async stop() {
      await server.stop()
      runtime.log.info('hl7 listener closed', { port: server.port })
    },
  }
}

/** Lets a process without a listener process stored messages again: the resend button is in the pages. */
export function registerHl7Resend(
  kernel: Kernel,
  { tenant, profiles = noProfiles }: { readonly tenant: TenantId; readonly profiles?: Profiles },
): void {
  const offset = zoneOffset(kernel.runtime.timeZone)
  const intake = createIntake({ kernel, offset, actor: kernel.identity.systemActor('hl7-listener', tenant) })
  processAgain(kernel, { intake, reading: { tenant, house: { offset, profiles } } })
}

/** What was accepted is answered as its sender waits for it. */
async function taken(intake: Intake, frame: Frame): Promise<Answered> {
  const answered = await intake.take(frame)
  const reply = frame.read.kind === 'readable' ? frame.read.reply : undefined
  return reply && answered.kind === 'accepted' ? { ...answered, ...reply, kind: 'replied' } : answered
}

function processAgain(
  kernel: Kernel,
  { intake, reading }: { readonly intake: Intake; readonly reading: ReadingOptions },
): void {
  kernel.traffic.onResend('hl7v2', async (message, raw) => {
    const answered = await intake.again(message, readFrame(raw, { ...reading, tenant: message.tenant }))
    if (answered.kind === 'failed') {
      throw conflict('the platform could not process the message now; try again', {
        code: 'hl7.platform-failure',
      })
    }
  })
  kernel.traffic.onExplain('hl7v2', (message, raw) => explain(kernel, message, raw, reading.house))
}
