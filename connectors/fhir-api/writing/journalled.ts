/**
 * Writes leave their trace in the journal of doors: an accepted one in the transaction that made it (one fsync for
 * both, its sender keeps the request until answered), a refused one alone.
 */
import type { Kernel } from '@xinglin/app'
import type { OutcomeError } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import type { Unit, Version } from '@xinglin/records'
import type { Arrival, Settlement } from '@xinglin/traffic'

/** Settles a stored message again instead of journalling a new one (resend). */
export type Trace = {
  accepted(unit: Unit, made: readonly Version[]): Promise<void>
  /** For work of several transactions (batch), after the last. */
  acceptedAlone(made: readonly string[]): Promise<void>
  refused(error: OutcomeError): Promise<void>
}

/** The trace of one request in the journal. */
export function traceOf(kernel: Kernel, arrival: Arrival): Trace {
  const receivedAt = kernel.runtime.now()
  const alone = (settlement: Settlement) =>
    kernel.database.transaction(async (transaction) => {
      await kernel.traffic.record(transaction, { ...arrival, receivedAt }, settlement)
    })
  return {
    async accepted(unit, made) {
      await kernel.traffic.record(
        unit,
        { ...arrival, receivedAt },
        { outcome: 'accepted', made: made.map(versionReference) },
      )
    },
    acceptedAlone: (made) => alone({ outcome: 'accepted', made }),
    refused: (error) => alone(refusal(error)),
  }
}

/** Who sends, as the journal names it: the client id of a machine, the reference of a person. */
export function senderOf(actor: Actor): string {
  return actor.kind === 'client' ? actor.id : actor.reference
}

/** `Observation/1/_history/1`. */
export function versionReference({ type, id, version }: Version): string {
  return `${type}/${id}/_history/${version}`
}

/** The first issue names the refusal; its message never quotes content. */
export function refusal(error: OutcomeError): Settlement {
  const issue = error.outcome.issue[0]
  const at = issue?.expression?.[0]
  return {
    outcome: 'refused',
    code: issue?.details?.coding?.[0]?.code ?? error.failure,
    reason: issue?.diagnostics ?? error.message,
    ...(at ? { at } : {}),
  }
}
