/**
 * Queries by parameter (v2.5.1 §5.4): QBP^Q22 asks for candidates (IHE ITI-21), QBP^Q23 for the other numbers of a person (IHE
 * ITI-9). A sender asks with the rights of the machine client that its profile names, and leaves that client's audit entries; who
 * has no such profile asks nothing. What was asked is kept in the journal as every message.
 */
import type { Kernel } from '@xinglin/app'
import { forbidden, unsupported } from '@xinglin/fhir'
import type { Message, Segment } from '@xinglin/hl7v2'
import type { Actor, GuardedRecords } from '@xinglin/identity'
import type { Frame } from '../arrival.ts'
import type { Answered } from '../intake.ts'
import { missing, type Reading, text } from '../reading.ts'
import { type Refusal, refusalOf } from '../refusal.ts'
import { candidates } from './candidates.ts'
import { numbersOfPerson } from './numbers.ts'

export type Query = {
  readonly message: Message
  readonly reading: Reading
  readonly actor: string | undefined
}
export type Asked = { readonly qpd: Segment; readonly reading: Reading; readonly records: GuardedRecords }

/** PID segments of those who were found, of how many; `refusal` where what was asked for is not known. */
export type Found = { readonly people: readonly string[]; readonly total: number; readonly refusal?: Refusal }

type Kind = {
  readonly type: readonly string[]
  readonly ask: (asked: Asked, limit: number) => Promise<Found>
}

/** By MSH-9.2. */
const kinds: Readonly<Record<string, Kind>> = {
  Q22: { type: ['RSP', 'K22', 'RSP_K21'], ask: candidates },
  Q23: { type: ['RSP', 'K23', 'RSP_K23'], ask: numbersOfPerson },
}
/** More answers are no help to who looks for one person; the query is to be made narrower. */
const mostAnswers = 50

/** Answers a frame that is a query. Never rejects. */
export async function answerQuery(kernel: Kernel, frame: Frame, query: Query): Promise<Answered> {
  const { traffic, runtime } = kernel
  try {
    const { id } = await traffic.receive(frame.arrival)
    const answered = await answerOf(kernel, frame, query)
    if (answered.kind === 'failed') return answered
    const refusal = answered.kind === 'accepted' ? undefined : answered.refusal
    await traffic.settle(
      id,
      refusal
        ? {
            ...{ outcome: 'refused', code: refusal.code, reason: refusal.reason },
            ...(refusal.at ? { at: refusal.at } : {}),
          }
        : { outcome: 'accepted', made: [] },
    )
    return answered
  } catch (cause) {
    runtime.log.error('hl7 query could not be answered', {
      cause: cause instanceof Error ? cause.name : 'unknown',
    })
    return { kind: 'failed' }
  }
}

async function answerOf(kernel: Kernel, frame: Frame, { message, reading, actor }: Query): Promise<Answered> {
  try {
    const kind = kinds[text(message.segments[0], 9, 2).toUpperCase()]
    if (!kind)
      throw unsupported('this door answers QBP^Q22 and QBP^Q23', {
        code: 'hl7.unsupported-event',
        at: 'MSH-9.2',
      })
    const records = kernel.identity.recordsFor(await actorOf(kernel, frame, actor))
    return reply(kind, await kind.ask({ qpd: qpdOf(message), reading, records }, limitOf(message)), message)
  } catch (cause) {
    const refusal = refusalOf(cause)
    if (!refusal) throw cause
    return { kind: 'refused', refusal }
  }
}

async function actorOf(kernel: Kernel, { arrival }: Frame, reference: string | undefined): Promise<Actor> {
  const actor = reference === undefined ? undefined : await kernel.identity.actorOf(reference)
  if (actor?.kind === 'client' && actor.tenant === arrival.tenant) return actor
  throw forbidden('no profile lets this sender ask; name a machine client in queriesAs of its profile', {
    code: 'hl7.query-not-allowed',
  })
}

function qpdOf({ segments }: Message): Segment {
  const qpd = segments.find(({ name }) => name === 'QPD')
  if (!qpd)
    throw unsupported('a query has its parameters in QPD', { code: 'hl7.segment-sequence', at: 'QPD' })
  for (const field of [1, 2, 3]) if (text(qpd, field) === '') throw missing({ segment: qpd, field })
  return qpd
}

/** RCP-2 (CQ): how many at most. */
function limitOf({ segments }: Message): number {
  const asked = Number(
    text(
      segments.find(({ name }) => name === 'RCP'),
      2,
    ),
  )
  return Number.isInteger(asked) && asked > 0 ? Math.min(asked, mostAnswers) : mostAnswers
}

/** QAK (§5.5.2): the tag, whether something was found, and how many; QPD as it came. */
function reply(
  { type }: Kind,
  { people, total, refusal }: Found,
  { segments, delimiters }: Message,
): Answered {
  const qpd = segments.find(({ name }) => name === 'QPD')
  const state = refusal ? 'AE' : total === 0 ? 'NF' : 'OK'
  const counts = refusal ? [] : [String(total), String(people.length), String(total - people.length)]
  const qak = ['QAK', qpd?.raw(2) ?? '', state, qpd?.raw(1) ?? '', ...counts].join(delimiters.field)
  return {
    kind: 'replied',
    type,
    segments: [qak, qpd?.text ?? '', ...people],
    ...(refusal ? { refusal } : {}),
  }
}
