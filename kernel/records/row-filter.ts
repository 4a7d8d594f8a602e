/** Which rows of the record somebody may see, as data: every statement that finds rows takes it into its conditions. */
import type { Sql } from '@xinglin/database'
import type { Instant } from '@xinglin/fhir'
import type { Query } from './records.ts'

export type SecurityLabel = { readonly system: string; readonly code: string }

/**
 * A condition on one row of `records.current`. Older versions are seen by whoever may see what stands now; of what was
 * deleted its patient and labels stay.
 */
export type RowFilter =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'and' | 'or'; readonly filters: readonly RowFilter[] }
  | { readonly kind: 'not'; readonly filter: RowFilter }
  /** In the chart of one of these Patients, by logical id. */
  | { readonly kind: 'patients'; readonly patients: readonly string[] }
  /** In nobody's chart. */
  | { readonly kind: 'no-patient' }
  /** In the chart of a patient who has a row of `table` with one of the holders at that instant. */
  | {
      readonly kind: 'related'
      /** Schema and name of a table with the columns tenant, holder, patient, since and until (null: open). */
      readonly table: readonly [schema: string, name: string]
      readonly holders: readonly string[]
      readonly at: Instant
      /** One that ended counts where it ended after this; absent: after `at`. */
      readonly endedAfter?: Instant
    }
  /** Bears one of these labels in `meta.security`, or stands in the chart of a Patient that does. */
  | { readonly kind: 'labelled'; readonly labels: readonly SecurityLabel[] }
  /** Logical ids, of the type that is asked for. */
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  /** Meets search parameters of its type, which may not go through others. */
  | { readonly kind: 'matches'; readonly query: Query }
  /** A condition on the row of this alias that a source of access keeps in its own tables. */
  | { readonly kind: 'sql'; readonly of: (row: Sql) => Sql }
