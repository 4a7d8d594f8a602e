/** The record: every clinical fact of every tenant as a FHIR R4 resource, every version kept, in one PostgreSQL. */

import type { Transaction } from '@xinglin/database'
import type { Author, Statement, TenantId } from '@xinglin/events'
import type { Instant, OperationOutcomeIssue, Resource, ResourceOf, ResourceType } from '@xinglin/fhir'
import type { ChartMoments } from './as-of/moments.ts'
import type { CompartmentPage, CompartmentQuery } from './compartment.ts'
import type { Erasing } from './erasing/erasing.ts'
import type { Labels } from './labels.ts'
import type { OwnParameterStatus } from './parameters/own-parameters.ts'
import type { RowFilter } from './row-filter.ts'
import type { SealedFields } from './sealed/rules.ts'
import type { SealingStatus } from './sealed/sealing-state.ts'
import type { SnapshotPage, SnapshotQuery } from './snapshot.ts'

export type { ChartMoment, ChartMoments } from './as-of/moments.ts'
export type { CompartmentPage, CompartmentQuery } from './compartment.ts'
export { withoutNamesOf } from './erasing/belonging.ts'
export type { ErasedPerson, ErasedRows, Eraser, Erasing, Person } from './erasing/erasing.ts'
export { isStorageOnly, storageOnlyLabel, withStorageOnly } from './erasing/storage-only.ts'
export { codingTerms } from './index/coding-terms.ts'
export { selfOf as identityOf } from './index/space.ts'
export { isSeenInChart } from './judged.ts'
export type { Labels } from './labels.ts'
export type { OwnParameterStatus } from './parameters/own-parameters.ts'
export type { RowFilter, SecurityLabel } from './row-filter.ts'
export { type SealedFields, sealableElements, usualSealedFields } from './sealed/rules.ts'
export type { SealingPhase, SealingStatus } from './sealed/sealing-state.ts'
export { isSealedWord } from './sealed/words.ts'
export { allTaken, type MergedPage, mergePages, type PageOfType } from './search/merge.ts'
export { type SystemCode, type Vocabulary, withVocabulary } from './search/vocabulary.ts'
export type { SnapshotPage, SnapshotQuery } from './snapshot.ts'
export { createRecords, recordsMigrations } from './store.ts'
export { parseVersion } from './versions.ts'
export { absent as absentFailure } from './write/decide.ts'

/** One version as it is stored. `json` has `id` and `meta` filled in and goes to the socket as it is. */
export type Version = {
  readonly type: ResourceType
  readonly id: string
  /** 1 for the first; FHIR `meta.versionId` is this number as text. */
  readonly version: number
  readonly updated: Instant
  readonly interaction: 'create' | 'update' | 'delete'
  /** Empty for a deletion. */
  readonly json: string
  /** What holds it, of a contained resource that was searched for (`_contained`); `id` is then its id in there. */
  readonly container?: Pick<Version, 'type' | 'id' | 'json'>
  /** What the institution's judge advises against; present on what a write answers alone. */
  readonly warnings?: readonly OperationOutcomeIssue[]
}

/**
 * `at`: FHIRPath of the resource in the request that it came with, for the issues of the judge. `unless`: the condition which
 * matched nothing that the author sees, so that it is made (http.html §3.1.0.8.1); the guarded record asks it of what he does not see.
 */
export type Change =
  | {
      readonly kind: 'create'
      readonly resource: Resource
      readonly id?: string
      readonly unless?: Query
      /** Nothing is thought to be under `id`, so nobody waits to see: where something is, the transaction breaks off with `conflict`. */
      readonly isNew?: boolean
      readonly at?: string
    }
  /** Creates under that id where nothing is (update as create). `ifVersion` refuses with `stale` on any other version. */
  | {
      readonly kind: 'update'
      readonly resource: Resource & { id?: string }
      readonly unless?: Query
      readonly ifVersion?: number
      readonly at?: string
    }
  | { readonly kind: 'delete'; readonly type: ResourceType; readonly id: string; readonly ifVersion?: number }

/** One command's transaction: reads, writes and statements that commit together or not at all. */
export interface Unit extends Author {
  readonly transaction: Transaction
  readonly at: Instant
  read(type: ResourceType, id: string): Promise<Version | undefined>
  search(type: ResourceType, query: Query, by?: SearchRights): Promise<Page>
  /**
   * Current resources of any types by id or identifier, in one prepared statement and in no order; deleted ones are left
   * out. Identifiers are compared by hash: who needs certainty compares what comes back.
   */
  find(wanted: readonly Wanted[]): Promise<readonly Version[]>
  /**
   * Validates and writes all changes in few statements, in the given order of answer; each gets its version and its
   * `record.created|updated|deleted` entry in the log. An update equal to the present version makes no new version.
   * Throws `invalid` (every issue listed), `stale`, `gone` (deleting twice is no error), leaving the transaction to roll back.
   */
  write(changes: readonly Change[]): Promise<readonly Version[]>
  /** Appends to the log with this transaction. */
  state(...statements: readonly Statement[]): void
}

/** A unit whose looks may be narrowed for somebody. */
export interface OpenUnit extends Unit {
  /** The same looks for one who may not see all. */
  seenBy(by: SearchRights): Pick<Unit, 'read' | 'search' | 'find'> & {
    /** Those that are there, deleted ones too, but hidden. */
    hidden(wanted: readonly Named[]): Promise<readonly Named[]>
    /** Those that are there, deleted ones too, and may be seen. */
    reached(wanted: readonly Named[]): Promise<readonly Named[]>
    /** Those that stand in the chart of a Patient who is not there or may not be seen. */
    strays(wanted: readonly Named[]): Promise<readonly Named[]>
  }
  /** Whether each filter lets the row through, in order; undefined where there never was one. */
  judged(row: Named, filters: readonly RowFilter[]): Promise<readonly boolean[] | undefined>
}

export type Wanted =
  | { readonly type: ResourceType; readonly id: string }
  | { readonly type: ResourceType; readonly identifier: { readonly system?: string; readonly value: string } }

/** Search parameters as they stand in the URL, in order: `[['code', 'a,b'], ['date', 'ge2015']]`. */
export type Query = readonly (readonly [name: string, value: string])[]

/** What the one who searches may look at on the way; absent: everything. */
export type SearchRights = {
  /** Whether chains, `_has` and `_list` may go through a type; one that may not is refused. */
  readonly mayWalk: (type: ResourceType) => boolean
  /** The rows of a type that may be seen, met on the way, counted and sorted; undefined: all. The same object for types treated alike. */
  readonly within?: (type: ResourceType) => RowFilter | undefined
  /** Whether answers may depend on what a parameter of a type compares; one that they may not is refused. */
  readonly mayCompare?: (type: ResourceType, parameter: string) => boolean
}

export type Page = {
  readonly matches: readonly Version[]
  /** From `_include` and `_revinclude`. */
  readonly included: readonly Version[]
  /** Present where `_total=accurate` (or `_summary=count`) was asked. */
  readonly total?: number
  /** Query of the next page, opaque; absent on the last page. */
  readonly next?: string
  /** Parameters that were understood, for the self link. */
  readonly applied: Query
  /** Of each match what it is sorted by, for `mergePages`; absent for a look at the past. */
  readonly places?: readonly (readonly string[])[]
}

export type Named = { readonly type: ResourceType; readonly id: string }

export type VersionWanted = { readonly type: ResourceType; readonly id: string; readonly version: number }

export type ReindexProgress = {
  readonly isDone: boolean
  /** From 0 to 1. */
  readonly share: number
}

export interface Records {
  /** The current version; a deleted one is given as `interaction: 'delete'`; undefined where there never was one. */
  read(tenant: TenantId, type: ResourceType, id: string): Promise<Version | undefined>
  readVersion(tenant: TenantId, type: ResourceType, id: string, version: number): Promise<Version | undefined>
  /** As it stood at the end of a FHIR date, dateTime or instant (`asOf`), a deletion too; undefined where nothing was there yet. */
  readAsOf(tenant: TenantId, type: ResourceType, id: string, asOf: string): Promise<Version | undefined>
  /** The instants at which a patient's chart changed, the newest 2,000. */
  moments(tenant: TenantId, patient: string): Promise<ChartMoments>
  /** Those of the wanted versions that exist, in no order, in one statement. */
  readVersions(tenant: TenantId, wanted: readonly VersionWanted[]): Promise<readonly Version[]>
  /** Newest first. Type and id absent: the whole system. `at` is a FHIR date: only what was current at some moment of it. */
  history(
    tenant: TenantId,
    options: {
      type?: ResourceType
      id?: string
      since?: Instant
      at?: string
      count: number
      before?: string
    },
  ): Promise<{ versions: readonly Version[]; next?: string }>
  /** With `_asOf` as one patient's record stood then. Throws `invalid` for a parameter that is unknown or malformed. */
  search(tenant: TenantId, type: ResourceType, query: Query, by?: SearchRights): Promise<Page>
  /** All that belongs to one patient or encounter, by pages. */
  compartment(tenant: TenantId, asked: CompartmentQuery): Promise<CompartmentPage>
  /** All of a type as it stood at an instant, by pages. */
  snapshot(tenant: TenantId, asked: SnapshotQuery): Promise<SnapshotPage>
  /** Profiles, security labels and tags that stand on what was written last, of a type or of all. */
  labels(tenant: TenantId, type?: ResourceType): Promise<Labels>
  /** Runs `work` in one transaction, then commits durably. */
  commit<T>(author: Author, work: (unit: OpenUnit) => Promise<T>): Promise<T>
  /** Indexes the next batch of what was stored before search learned something new; see `write/reindex.ts`. */
  reindex(): Promise<ReindexProgress>
  /** The institution's SearchParameters in use, and how far each is indexed. */
  ownParameters(tenant: TenantId): Promise<readonly OwnParameterStatus[]>
  /** Asks `judge` of every write from now on, in its transaction and before anything is written; one judge at a time. */
  judgeBy(judge: WriteJudge): void
  /** Calls `derive` with what a write of this type made, in its transaction: for tables that must never be behind. */
  deriveFrom(type: ResourceType, derive: Derive): void
  /** Those of these resources that are there, deleted ones too. */
  reached(tenant: TenantId, wanted: readonly Named[]): Promise<readonly Named[]>
  /** The same looks for one who may not see all: what is hidden is not met, counted, sorted or found. */
  seenBy(by: SearchRights): SeenRecords
  /** Whether each filter lets the row through, in order; undefined where there never was one. */
  judged(tenant: TenantId, row: Named, filters: readonly RowFilter[]): Promise<readonly boolean[] | undefined>
  readonly sealing: Sealing
  readonly erasing: Erasing
  /** Whether any resource of an institution bears a security label; one look into a small index. */
  hasLabels(tenant: TenantId): Promise<boolean>
  /** Calls `heard` before this process commits what bears a label: who asks afterwards has heard of it. */
  onLabels(heard: (tenant: TenantId) => void): void
  /** Types of which any current resource is held. */
  heldTypes(tenant: TenantId): Promise<readonly ResourceType[]>
  /** Counts of current resources by type. */
  counts(tenant: TenantId): Promise<Readonly<Partial<Record<ResourceType, number>>>>
}

/** Chosen fields of the record encrypted at rest (docs/decisions/0072): every choice is a version, carried out in steps. */
export interface Sealing {
  /** Whether what is written now is sealed; known by each process within a second. */
  isOn(tenant: TenantId): Promise<boolean>
  /** Whether any institution seals anything: then what all share, such as objects, is sealed too. */
  isAnyOn(): Promise<boolean>
  /** For tables that are derived from resources; undefined where nothing is sealed. */
  words(tenant: TenantId): Promise<SealedWords | undefined>
  /** The newest choice of each institution that ever chose, once every process follows it in what it writes. */
  choices(): Promise<
    readonly { readonly tenant: TenantId; readonly version: number; readonly isOn: boolean }[]
  >
  /** Every choice with how far it is carried out, newest first. */
  statuses(tenant: TenantId): Promise<readonly SealingStatus[]>
  /** Chooses from now on; both lists empty: everything is opened. Throws `conflict` while the choice before is carried out. */
  choose(author: Author, chosen: SealedFields & { readonly reason: string }): Promise<number>
  /** Carries out the next part of any institution's choice; another process at it, or a wait, leaves `isDone` false. */
  step(): Promise<{ readonly isDone: boolean }>
}

/** What stands for sealed texts where they are not to be kept: keyed hashes, equal for equal texts. */
export interface SealedWords {
  /** The resource with every sealed text replaced by its word; the resource itself where nothing is written sealed. */
  inWords<R extends object>(resource: R): R
  /** The word that is kept of a text now; undefined where texts are kept in the clear. */
  word(text: string): string | undefined
  /** The words by which it may have been kept. */
  asked(text: string): readonly string[]
}

/** The looks at the record that a filter of rows narrows. */
export type SeenRecords = Pick<
  Records,
  | 'read'
  | 'readVersion'
  | 'readAsOf'
  | 'moments'
  | 'history'
  | 'reached'
  | 'search'
  | 'compartment'
  | 'snapshot'
  | 'labels'
>

/**
 * What an institution asks of its resources beyond the base definitions: issues for each change, in order; one of severity
 * error refuses the write. `undefined` at once where nothing is asked, which is what keeps most writes as fast as they are.
 */
export type WriteJudge = (
  unit: Pick<Unit, 'tenant' | 'transaction' | 'search'>,
  changes: readonly Change[],
) => Promise<readonly (readonly OperationOutcomeIssue[])[]> | undefined

/** Keeps what is derived from versions, deletions too, in the transaction that writes them. */
export type Derive = (
  unit: Pick<Unit, 'tenant' | 'transaction' | 'at'>,
  versions: readonly Version[],
) => Promise<void>

/** The resource of a version; throws `gone` for a deletion. */
export type ParseVersion = <T extends ResourceType>(version: Version, type: T) => ResourceOf<T>
