/** Writes changes in few statements, however many there are: lock what is there, decide, insert and replace. */
import type { Queryable } from '@xinglin/database'
import type { Statement } from '@xinglin/events'
import type { Change, Version } from '../records.ts'
import { type Decision, decide, type Identified, identify } from './decide.ts'
import type { TakeKeys } from './keys.ts'
import { answeredVersion, type NewVersion, type Place } from './rows.ts'
import { forgetValues, insertCurrent, lockCurrent, type Present, replaceCurrent } from './statements.ts'

export type WriteNeeds = {
  readonly transaction: Queryable
  readonly takeKeys: TakeKeys
  readonly newId: () => string
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
  const decided = round.map((change, index) => ({
    change,
    decision: decide(change, present.get(change.self), { ...place, key: keys[index] ?? 0n }),
  }))
  const inserted = await store(
    transaction,
    place,
    decided.map(({ decision }) => decision),
  )
  const isContested = ({ decision }: Decided) =>
    decision.kind === 'insert' && !inserted.has(decision.version.self)
  const contested = decided.filter(isContested)
  if (contested.length > 0) await forgetValues(transaction, contested.map(keyOf))
  return {
    answers: decided.filter((each) => !isContested(each)).map((each) => answerOf(each, place)),
    contested: contested.map(({ change }) => ({ ...change, mayExist: true })),
  }
}

type Decided = { readonly change: Identified; readonly decision: Decision }

function keyOf({ decision }: Decided): bigint {
  return decision.kind === 'unchanged' ? 0n : decision.version.key
}

/** Sent together: PostgreSQL runs the statements in order, the answers are awaited once. */
async function store(
  transaction: Queryable,
  place: Place,
  decisions: readonly Decision[],
): Promise<ReadonlySet<bigint>> {
  const inserts = versionsOf(decisions, 'insert')
  const replaces = versionsOf(decisions, 'replace')
  const [, inserted] = await Promise.all([
    replaces.length > 0 ? replaceCurrent(transaction, replaces, place) : undefined,
    inserts.length + replaces.length > 0
      ? insertCurrent(transaction, { first: inserts, all: [...inserts, ...replaces] }, place)
      : new Set<bigint>(),
  ])
  return inserted
}

function versionsOf(decisions: readonly Decision[], kind: 'insert' | 'replace'): readonly NewVersion[] {
  return decisions.flatMap((decision) => (decision.kind === kind ? [decision.version] : []))
}

function answerOf({ change, decision }: Decided, place: Place): Answer {
  const { order } = change
  if (decision.kind === 'unchanged') return { order, version: decision.version, displays: [] }
  const version = answeredVersion(decision.version, place.at)
  const { type, id, patient } = decision.version
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
