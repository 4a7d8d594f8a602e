/** The acknowledgements of an outcome: codes by the mode that the header asks for, ERR where it is refused. */

import { acknowledge, answerCodes, answerMode, encodeAnswer, type RawHeader } from '@xinglin/hl7v2'
import type { Runtime } from '@xinglin/runtime'
import type { Answered } from './intake.ts'
import { locationOf, type Refusal } from './refusal.ts'

/** ST of MSH-10 holds 20 characters before v2.7. */
const controlIdLength = 20

const platformFailure: Refusal = {
  kind: 'R',
  condition: 'internal',
  code: 'hl7.platform-failure',
  reason: 'the platform could not take the message now; send it again',
}

/** Contents of the frames to answer with, in order; empty where the sender wants none. */
export function answersTo(header: RawHeader, answered: Answered, runtime: Runtime): readonly Uint8Array[] {
  const refusal =
    answered.kind === 'accepted' ? undefined : answered.kind === 'failed' ? platformFailure : answered.refusal
  const own = answered.kind === 'replied' ? { type: answered.type, segments: answered.segments } : {}
  const errors = refusal
    ? [refusal, ...(refusal.more ?? [])].map((each) => errorOf(each))
    : warningsOf(answered)
  return answerCodes(answerMode(header), refusal?.kind).map((code) =>
    encodeAnswer(
      acknowledge(header, {
        code,
        errors,
        ...own,
        controlId: runtime.newId().replaceAll('-', '').slice(-controlIdLength),
        at: runtime.now(),
      }),
    ),
  )
}

function warningsOf(answered: Answered) {
  const warnings =
    answered.kind === 'accepted' || answered.kind === 'replied' ? (answered.warnings ?? []) : []
  return warnings.map((each) => ({ ...errorOf(each), severity: 'W' as const }))
}

function errorOf({ condition, code, reason, at }: Refusal) {
  const location = locationOf(at)
  return { condition, code, text: reason, ...(location ? { location } : {}) }
}
