/**
 * Writes leave their trace in the journal of doors: an accepted one in the transaction that made it (one fsync for
 * both, its sender keeps the request until answered), a refused one alone.
 */
import type { Kernel } from '@xinglin/app'
import type { Instant, OutcomeError } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import type { Unit, Version } from '@xinglin/records'
import type { Arrival, Settlement } from '@xinglin/traffic'

/** A request as the journal keeps it. */
export type Arrived = Arrival & { readonly receivedAt: Instant }

/** Where the outcome of a request is told: a new entry of the journal, or one that is settled again (resend). */
export type Trace = {
  /** Present for a new entry: it may be written together with others. */
  readonly arrived?: Arrived
  accepted(unit: Unit, made: readonly Version[]): Promise<void>
  /** For work of several transactions (batch), after the last. */
  acceptedAlone(made: readonly string[]): Promise<void>
  refused(error: OutcomeError): Promise<void>
}

/** The trace of one request in the journal. */
export function traceOf(kernel: Kernel, arrival: Arrival): Trace {
  const arrived = { ...arrival, receivedAt: kernel.runtime.now() }
  const alone = (settlement: Settlement) =>
    kernel.database.transaction(async (transaction) => {
      await kernel.traffic.record(transaction, arrived, settlement)
    })
  return {
    arrived,
    accepted: (unit, made) => recordAccepted(kernel, unit, [{ arrived, made }]),
    acceptedAlone: (made) => alone({ outcome: 'accepted', made }),
    refused: (error) => alone(refusal(error)),
  }
}

/** Journals accepted requests in the unit that made their versions, in one statement. */
export async function recordAccepted(
  kernel: Kernel,
  unit: Unit,
  accepted: readonly { readonly arrived: Arrived; readonly made: readonly Version[] }[],
): Promise<void> {
  const recorded = accepted.map(({ arrived, made }) => ({
    arrival: arrived,
    settlement: { outcome: 'accepted' as const, made: made.map(versionReference) },
  }))
  await kernel.traffic.recordAll(unit, recorded)
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
