/**
 * One transaction for the messages that wait (law 1): they are mapped side by side, written together, settled together
 * and committed once. A message that has seen what an earlier one changes is left for the next transaction, so the order
 * in which messages came is the order in which they act.
 */
import type { Kernel } from '@xinglin/app'
import type { LocalOffset } from '@xinglin/hl7v2'
import type { Actor } from '@xinglin/identity'
import type { Change, Unit, Version } from '@xinglin/records'
import type { MessageId, Settlement } from '@xinglin/traffic'
import type { Frame } from './arrival.ts'
import { createKnowledge, type Draft, type DraftChange, sees } from './knowledge.ts'
import { provenanceOf, versionReference } from './provenance.ts'
import { type Refusal, refusalOf } from './refusal.ts'

export type Waiting = { readonly id: MessageId; readonly frame: Frame }
export type Outcome = { readonly kind: 'accepted' } | { readonly kind: 'refused'; readonly refusal: Refusal }

export type Committing = { readonly kernel: Kernel; readonly actor: Actor; readonly offset: LocalOffset }

/** Processes the messages from the first on; answers the outcomes of as many as could go together, at least one. */
export function commitMessages(needs: Committing, waiting: readonly Waiting[]): Promise<readonly Outcome[]> {
  const { kernel, actor } = needs
  return kernel.identity.recordsFor(actor).commit(async (unit) => {
    const mapped = await mapAll(unit, kernel.runtime.newId, waiting)
    const together = independent(mapped)
    const made = await writeAll(unit, together)
    const settlements = await settlementsOf(needs, { unit, together, made })
    await kernel.traffic.settleAll(settlements, unit)
    return together.map(({ outcome }) => outcome)
  })
}

type Mapped = { readonly waiting: Waiting; readonly draft: Draft; readonly outcome: Outcome }

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
    return draft && result ? [{ waiting: each, draft, outcome: outcomeOf(each.frame, result) }] : []
  })
}

/** What is no fault of the message breaks the transaction off. */
function outcomeOf({ read }: Frame, result: PromiseSettledResult<void>): Outcome {
  if (read.kind === 'refused') return { kind: 'refused', refusal: read.refusal }
  if (result.status === 'fulfilled') return { kind: 'accepted' }
  const refusal = refusalOf(result.reason)
  if (!refusal) throw result.reason
  return { kind: 'refused', refusal }
}

function independent(mapped: readonly Mapped[]): readonly Mapped[] {
  const changes = new Map<string, DraftChange>()
  const messages = new Set<MessageId>()
  for (const [index, { draft, outcome, waiting }] of mapped.entries()) {
    if (messages.has(waiting.id) || (changes.size > 0 && sees(draft, changes))) return mapped.slice(0, index)
    messages.add(waiting.id)
    if (outcome.kind === 'accepted') for (const [key, change] of draft.changes) changes.set(key, change)
  }
  return mapped
}

/** Writes all changes in one call; the versions by message. */
async function writeAll(unit: Unit, together: readonly Mapped[]): Promise<readonly (readonly Version[])[]> {
  const changes = together.map(({ draft, outcome }) =>
    outcome.kind === 'accepted' ? [...draft.changes.values()].map(changeOf) : [],
  )
  const all = changes.flat()
  const versions = all.length === 0 ? [] : await unit.write(all)
  let offset = 0
  return changes.map(({ length }) => {
    offset += length
    return versions.slice(offset - length, offset)
  })
}

function changeOf({ resource, ifVersion }: DraftChange): Change {
  return ifVersion === undefined ? { kind: 'update', resource } : { kind: 'update', resource, ifVersion }
}

async function settlementsOf(
  { kernel, offset }: Committing,
  {
    unit,
    together,
    made,
  }: { unit: Unit; together: readonly Mapped[]; made: readonly (readonly Version[])[] },
): Promise<readonly { id: MessageId; settlement: Settlement }[]> {
  const provenances = together.map(({ waiting: { id, frame } }, index) => {
    const versions = made[index] ?? []
    if (versions.length === 0) return undefined
    const { sender, subject } = frame.arrival
    return provenanceOf(
      {
        id: kernel.runtime.newId(),
        message: id,
        sender,
        subject,
        writtenAt: frame.writtenAt,
        versions,
        recorded: unit.at,
      },
      offset,
    )
  })
  const changes = provenances.flatMap((resource): readonly Change[] =>
    resource ? [{ kind: 'create', resource, id: resource.id }] : [],
  )
  if (changes.length > 0) await unit.write(changes)
  return together.map(({ waiting: { id }, outcome }, index) => {
    if (outcome.kind === 'refused') {
      const { code, reason, at } = outcome.refusal
      return { id, settlement: { outcome: 'refused', code, reason, ...(at ? { at } : {}) } }
    }
    const provenance = provenances[index]
    const references = (made[index] ?? []).map(versionReference)
    return {
      id,
      settlement: {
        outcome: 'accepted',
        made: references,
        ...(provenance ? { provenance: `Provenance/${provenance.id}` } : {}),
      },
    }
  })
}
