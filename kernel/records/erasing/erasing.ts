/**
 * Taking a person out of the record for good (PIPL article 47): what is his is first deleted as anything is, so that all who
 * follow the log drop it; then its versions, its index and its words are forgotten, and a mark without content stays under
 * its id. Whether anything may be erased is decided by callers.
 */
import type { Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Named, Version } from '../records.ts'
import type { Belonging } from './belonging.ts'

/** The ids of one person in the record, those merged away among them. */
export type Person = { readonly tenant: TenantId; readonly patients: readonly string[] }
export type Part = { readonly version: Version; readonly belonging: Belonging }

export interface Erasing {
  /**
   * Everything that is or was of these patients, or mentions them, deleted things too, in the order in which it came;
   * `after` is the `next` of the page before.
   */
  parts(person: Person, after?: string): Promise<{ readonly parts: readonly Part[]; readonly next?: string }>
  /**
   * Forgets every version of deleted resources, with their words in the dictionary that nobody else uses. Throws `fault`
   * (`records.erasing-live`) for one that is not deleted.
   */
  erase(
    transaction: Transaction,
    tenant: TenantId,
    named: readonly Named[],
  ): Promise<{ readonly versions: number; readonly words: number }>
  /** Takes what stands beside references to these patients out of superseded versions of others; answers of how many. */
  unname(transaction: Transaction, person: Person): Promise<number>
  /** Its tables, as `schema.table`: PostgreSQL itself keeps erased rows and samples of them until they are cleaned. */
  readonly tables: readonly string[]
  /** Takes part in every erasure from now on. */
  with(eraser: Eraser): void
  erasers(): readonly Eraser[]
}

/** Tables beside the record that hold something of patients, and how they forget it. */
export type Eraser = {
  /** `<package>.<thing>`, for example `chart.finder`. */
  readonly name: string
  /** Tables that are cleaned afterwards, as `schema.table`. */
  readonly tables: readonly string[]
  /** Erases the next part in this transaction; again after a crash, and when nothing is left. */
  erase(transaction: Transaction, person: ErasedPerson, after?: string): Promise<ErasedRows>
}

export type ErasedPerson = Person & {
  /** Whether his Patients stay, out of everybody's sight, because a law keeps them. */
  readonly isKept: boolean
  /** Numbers of papers and cards, phone numbers and addresses of mail, by which raw texts are looked through. */
  readonly numbers: readonly string[]
  /** References of what is his and of what mentions him: `Observation/17`. */
  readonly references: readonly string[]
}

export type ErasedRows = {
  readonly rows: number
  /** Names of objects that nobody needs any more; their bytes are erased after the commit. */
  readonly objects?: readonly string[]
  /** How far it came, for the next call; absent: all is done. */
  readonly next?: string
}
