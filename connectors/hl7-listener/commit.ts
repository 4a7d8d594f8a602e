/**
 * One transaction for the messages that wait (law 1): they are mapped side by side, written together, settled together
 * and committed once. A message that has seen what an earlier one changes, of the same transaction or of one that is on
 * its way, is left for a later transaction, so the order in which messages came is the order in which they act.
 */
import type { Kernel } from '@xinglin/app'
import type { Provenance, Resource } from '@xinglin/fhir'
import type { LocalOffset } from '@xinglin/hl7v2'
import type { Actor } from '@xinglin/identity'
import type { Change, Unit } from '@xinglin/records'
import type { Arrival, MessageId, Settlement } from '@xinglin/traffic'
import type { Frame } from './arrival.ts'
import { claimNew } from './claim.ts'
import { createKnowledge, type Draft, type DraftChange, sees, touchedBy } from './knowledge.ts'
import { provenanceOf, versionReference } from './provenance.ts'
import { type Refusal, refusalOf } from './refusal.ts'
import type { Turn } from './turns.ts'

export type Waiting = {
  readonly frame: Frame
  /** Settles when the message is stored; undefined where it is to be left out. May be asked again. */
  readonly stored: () => Promise<MessageId | undefined>
}
export type Outcome =
  | { readonly kind: 'accepted'; readonly warnings?: readonly Refusal[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

export type Committing = { readonly kernel: Kernel; readonly actor: Actor; readonly offset: LocalOffset }

/**
 * Processes the messages from the first on; answers the outcomes of as many as could go together, undefined for those left
 * out: none where the first must wait for an earlier turn. Where a first try met what somebody else has made meanwhile, a
 * careful one looks at each identity before it writes.
 */
export function commitMessages(
  needs: Committing,
  turn: Turn,
  { waiting, isCareful = false }: { readonly waiting: readonly Waiting[]; readonly isCareful?: boolean },
): Promise<readonly (Outcome | undefined)[]> {
  const { kernel, actor } = needs
  return kernel.identity.recordsFor(actor).commit(async (unit) => {
    const mapped = await mapAll(unit, kernel.runtime.newId, waiting)
    const free = await turn.enter(mapped.map(({ draft }) => draft))
    const ids = await Promise.all(waiting.map(({ stored }) => stored()))
    const tried = independent(mapped.slice(0, free).map((each, index) => ({ ...each, id: ids[index] })))
    const together = tried.filter(isStored)
    await claimNew(
      unit,
      together.flatMap(({ outcome, draft }) =>
        outcome.kind === 'accepted' ? [...draft.changes.values()] : [],
      ),
    )
    const plans = together.map((each) => planOf({ ...needs, unit, isNew: !isCareful }, each))
    const written = await writeAll(unit, plans)
    kernel.traffic.settleAll(unit, written.map(settlementOf))
    return tried.map(({ id, outcome }) => (id ? outcome : undefined))
  })
}

type Mapped = { readonly frame: Frame; readonly draft: Draft; readonly outcome: Outcome }
type Tried = Mapped & { readonly id: MessageId | undefined }
type Stored = Mapped & { readonly id: MessageId }

function isStored(tried: Tried): tried is Stored {
  return tried.id !== undefined
}

async function mapAll(
  unit: Unit,
  newId: () => string,
  waiting: readonly Waiting[],
): Promise<readonly Mapped[]> {
  const knowledge = createKnowledge(unit, newId)
  const drafts = waiting.map(() => knowledge.draft())
  const results = await knowledge.run(
    waiting.map(({ frame }, index) => async () => {
      const draft = drafts[index]
      if (frame.read.kind === 'readable' && draft) await frame.read.map(draft)
    }),
  )
  return waiting.flatMap((each, index) => {
    const [draft, result] = [drafts[index], results[index]]
    return draft && result ? [{ frame: each.frame, draft, outcome: outcomeOf(each.frame, result) }] : []
  })
}

/** What is no fault of the message breaks the transaction off. */
function outcomeOf({ read }: Frame, result: PromiseSettledResult<void>): Outcome {
  if (read.kind === 'refused') return { kind: 'refused', refusal: read.refusal }
  if (result.status === 'fulfilled')
    return {
      kind: 'accepted',
      ...(read.kind === 'readable' && read.warnings ? { warnings: read.warnings } : {}),
    }
  const refusal = refusalOf(result.reason)
  if (!refusal) throw result.reason
  return { kind: 'refused', refusal }
}

function independent(tried: readonly Tried[]): readonly Tried[] {
  const touched = new Set<string>()
  const messages = new Set<MessageId>()
  for (const [index, { draft, outcome, id }] of tried.entries()) {
    if (!id) continue
    if (messages.has(id) || sees(draft, touched)) return tried.slice(0, index)
    messages.add(id)
    if (outcome.kind === 'accepted')
      for (const change of draft.changes.values()) for (const key of touchedBy(change)) touched.add(key)
  }
  return tried
}

/** What a message will write. The versions that its Provenance names are foretold, so that one call writes everything. */
type Plan = {
  readonly mapped: Stored
  readonly changes: readonly Change[]
  readonly targets: readonly string[]
  readonly provenance: (Provenance & { readonly id: string }) | undefined
}

type Planning = Committing & { readonly unit: Unit; readonly isNew: boolean }

function planOf({ kernel, offset, unit, isNew }: Planning, mapped: Stored): Plan {
  const { id: message, frame, draft, outcome } = mapped
  const drafted = outcome.kind === 'accepted' ? [...draft.changes.values()] : []
  const targets = drafted.map(({ resource, ifVersion = 0 }) =>
    versionReference({ type: resource.resourceType, id: resource.id, version: ifVersion + 1 }),
  )
  const { arrival, writtenAt } = frame
  const made = { message, sender: arrival.sender, subject: arrival.subject, writtenAt, targets }
  const provenance =
    drafted.length === 0
      ? undefined
      : provenanceOf({ ...made, id: kernel.runtime.newId(), recorded: unit.at }, offset)
  return { mapped, changes: drafted.map((draft) => changeOf(draft, isNew)), targets, provenance }
}

/** Writes all changes and Provenances in one call; answers the plans with the versions that came out. */
async function writeAll(unit: Unit, plans: readonly Plan[]): Promise<readonly Plan[]> {
  const changes = plans.map((plan) => [
    ...plan.changes,
    ...(plan.provenance ? [creating(plan.provenance, true)] : []),
  ])
  const all = changes.flat()
  const versions = all.length === 0 ? [] : await unit.write(all)
  let offset = 0
  const written = plans.map((plan, index) => {
    const own = versions.slice(offset, offset + plan.changes.length)
    offset += changes[index]?.length ?? 0
    return { ...plan, targets: own.map(versionReference) }
  })
  await correct(unit, plans, written)
  return written
}

/** A number that was deleted before goes on counting: then the version was foretold wrong and Provenance is put right. */
async function correct(unit: Unit, plans: readonly Plan[], written: readonly Plan[]): Promise<void> {
  const wrong = written.flatMap(({ targets, provenance }, index): readonly Change[] =>
    provenance && targets.join() !== plans[index]?.targets.join()
      ? [{ kind: 'update', resource: { ...provenance, target: targets.map((reference) => ({ reference })) } }]
      : [],
  )
  if (wrong.length > 0) await unit.write(wrong)
}

/** What was not found is created: where somebody else was faster the transaction breaks off and runs again. */
function changeOf({ resource, ifVersion }: DraftChange, isNew: boolean): Change {
  return ifVersion === undefined ? creating(resource, isNew) : { kind: 'update', resource, ifVersion }
}

function creating(resource: Resource & { readonly id: string }, isNew: boolean): Change {
  return { kind: 'create', resource, id: resource.id, isNew }
}

function settlementOf({ mapped, targets, provenance }: Plan): {
  id: MessageId
  arrival: Arrival
  settlement: Settlement
} {
  const { id, frame, outcome } = mapped
  const { arrival } = frame
  if (outcome.kind === 'refused') {
    const { code, reason, at } = outcome.refusal
    return { id, arrival, settlement: { outcome: 'refused', code, reason, ...(at ? { at } : {}) } }
  }
  return {
    id,
    arrival,
    settlement: {
      outcome: 'accepted',
      made: targets,
      ...(provenance ? { provenance: `Provenance/${provenance.id}` } : {}),
    },
  }
}
