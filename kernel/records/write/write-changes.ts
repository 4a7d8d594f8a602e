/** Writes changes in few statements, however many there are: lock what is there, decide, insert and replace. */
import type { Transaction } from '@xinglin/database'
import type { Statement } from '@xinglin/events'
import type { Keys } from '@xinglin/keys'
import type { Change, Version } from '../records.ts'
import { sealSpans } from '../sealed/sealed-text.ts'
import { spansOf } from '../sealed/spans.ts'
import { type Decision, decide, type Identified, identify } from './decide.ts'
import type { TakeKeys } from './keys.ts'
import { answeredVersion, type NewVersion, type Place } from './rows.ts'
import {
  forgetValues,
  insertCurrent,
  insertNew,
  insertValues,
  lockCurrent,
  type Present,
  replaceCurrent,
} from './statements.ts'

export type WriteNeeds = {
  readonly transaction: Transaction
  readonly takeKeys: TakeKeys
  readonly newId: () => string
  readonly keys: Keys | undefined
}
export type Written = {
  readonly versions: readonly Version[]
  /** What the log says of it, one for each version made. */
  readonly statements: readonly Statement[]
  /** What stands beside codes and references in the versions made. */
  readonly displays: ReadonlySet<string>
}

/** One version for each change, in order. Throws `invalid`, `stale`, `gone` or `conflict`; the transaction must then roll back. */
export async function writeChanges(
  needs: WriteNeeds,
  place: Place,
  changes: readonly Change[],
): Promise<Written> {
  const identified = identify(changes, place.tenant, needs.newId)
  const answers = new Map<number, Version>()
  const statements: Statement[] = []
  const displays = new Set<string>()
  // Changes of one call to the same resource follow one another; almost always there is one round.
  for (let rest = identified; rest.length > 0; ) {
    const { round, later } = firstOfEach(rest)
    const written = await writeRound(needs, place, round)
    for (const { order, version, statement, displays: own } of written.answers) {
      answers.set(order, version)
      for (const display of own) displays.add(display)
      if (statement) statements.push(statement)
    }
    rest = [...written.contested, ...later]
  }
  return {
    versions: changes.map((_, order) => answers.get(order)).filter((each) => each !== undefined),
    statements,
    displays,
  }
}

type Round = { readonly answers: readonly Answer[]; readonly contested: readonly Identified[] }
type Answer = {
  readonly order: number
  readonly version: Version
  readonly statement?: Statement
  readonly displays: readonly string[]
}

async function writeRound(needs: WriteNeeds, place: Place, round: readonly Identified[]): Promise<Round> {
  const { transaction } = needs
  const known = round.filter(({ mayExist }) => mayExist).map(({ self }) => self)
  const [present, keys] = await Promise.all([
    known.length > 0 ? lockCurrent(transaction, known) : new Map<bigint, Present>(),
    needs.takeKeys(transaction, round.length),
  ])
  const decided = await sealed(
    needs,
    place,
    round.map((change, index) => ({
      change,
      decision: decide(change, present.get(change.self), { ...place, key: keys[index] ?? 0n }),
    })),
  )
  const taken = await store(transaction, place, decided)
  const isContested = ({ decision }: Decided) =>
    decision.kind === 'insert' && taken.has(decision.version.self)
  const contested = decided.filter(isContested)
  if (contested.length > 0) forgetValues(transaction, contested.map(keyOf))
  return {
    answers: decided.filter((each) => !isContested(each)).map((each) => answerOf(each, place)),
    contested: contested.map(({ change }) => ({ ...change, mayExist: true })),
  }
}

type Decided = { readonly change: Identified; readonly decision: Decision }

/** With what the institution seals of it encrypted in what is stored. */
async function sealed(
  { keys }: WriteNeeds,
  { tenant, sealing }: Place,
  decided: readonly Decided[],
): Promise<readonly Decided[]> {
  if (!sealing || !keys) return decided
  return Promise.all(
    decided.map(async (each) => {
      const { decision } = each
      if (decision.kind === 'unchanged' || decision.version.deleted) return each
      const { type, id, json } = decision.version
      const spans = spansOf(json, sealing.rules)
      if (spans.length === 0) return each
      const stored = await sealSpans(json, { spans, owner: { tenant, type, id }, keys })
      return { ...each, decision: { ...decision, version: { ...decision.version, stored } } }
    }),
  )
}

function keyOf({ decision }: Decided): bigint {
  return decision.kind === 'unchanged' ? 0n : decision.version.key
}

/**
 * Answers the identities that others have taken. Only those that may be taken are waited for: locked versions and new ids
 * nobody else touches, so their statements travel with what comes next, at the latest with the commit.
 */
async function store(
  transaction: Transaction,
  place: Place,
  decided: readonly Decided[],
): Promise<ReadonlySet<bigint>> {
  const replaces = versionsOf(decided, ({ decision }) => decision.kind === 'replace')
  const inserts = decided.filter(({ decision }) => decision.kind === 'insert')
  const expectedNew = versionsOf(inserts, ({ change }) => change.isNew)
  const perhapsTaken = versionsOf(inserts, ({ change }) => !change.isNew)
  if (replaces.length > 0) replaceCurrent(transaction, replaces, place)
  const versions = [...expectedNew, ...perhapsTaken, ...replaces]
  if (versions.length > 0) insertValues(transaction, versions)
  if (expectedNew.length > 0) insertNew(transaction, expectedNew, place)
  return perhapsTaken.length > 0 ? insertCurrent(transaction, perhapsTaken, place) : new Set()
}

function versionsOf(
  decided: readonly Decided[],
  isWanted: (each: Decided) => boolean,
): readonly NewVersion[] {
  return decided
    .filter(isWanted)
    .flatMap(({ decision }) => (decision.kind === 'unchanged' ? [] : [decision.version]))
}

function answerOf({ change, decision }: Decided, place: Place): Answer {
  const { order } = change
  if (decision.kind === 'unchanged') return { order, version: decision.version, displays: [] }
  const version = answeredVersion(decision.version, place.at)
  const { type, id, patient, labels } = decision.version
  return {
    order,
    version,
    displays: decision.version.displays,
    statement: {
      kind: `record.${version.interaction}d`,
      resourceType: type,
      resourceId: id,
      version: version.version,
      ...(patient === undefined ? {} : { patient }),
      ...(labels === undefined ? {} : { data: { labels } }),
    },
  }
}

function firstOfEach(changes: readonly Identified[]): {
  round: readonly Identified[]
  later: readonly Identified[]
} {
  const seen = new Set<bigint>()
  const later: Identified[] = []
  const round = changes.filter((change) => {
    if (seen.has(change.self)) {
      later.push(change)
      return false
    }
    seen.add(change.self)
    return true
  })
  return { round, later }
}
