/**
 * R4 terminology-service.html §4.7: what codes mean, which belong together, and what they are elsewhere. CodeSystems, ValueSets
 * and ConceptMaps are those of the institution's record; R4's own are answered in every institution without being stored.
 */
import type { TenantId } from '@xinglin/events'
import type { CodeSystem, ConceptMap, ValueSet } from '@xinglin/fhir'
import type { Vocabulary } from '@xinglin/records'
import type { Browsed, BrowseQuestion, ConceptPlace } from './browse/browse.ts'
import type { Holdings } from './browse/holdings.ts'
import type { ClosureAnswer, ClosureRequest } from './closure/closure.ts'
import type { Concept } from './concepts/concept.ts'
import type { Canonical } from './find/canonical.ts'
import type { Imports } from './import/imports.ts'
import type { TranslateRequest, Translation } from './maps/translate.ts'
import type { SystemVersions } from './value-sets/compose.ts'
import type { Expanded, ExpandRequest } from './value-sets/expand.ts'
import type { AskedCoding, MemberOptions, Verdict } from './value-sets/member.ts'

export type { Browsed, BrowsedConcept, BrowseQuestion, ConceptPlace } from './browse/browse.ts'
export type { Holding } from './browse/holdings.ts'
export type { ClosureAnswer, ClosureRequest } from './closure/closure.ts'
export type { Concept, Designation, Header, Property } from './concepts/concept.ts'
export { displayIn } from './concepts/display.ts'
export { createTerminology, terminologyMigrations } from './create-terminology.ts'
export { type Canonical, canonicalOf } from './find/canonical.ts'
export { createCsvRows } from './import/hot/csv-rows.ts'
export { type ImportRequest, type ImportState, type Imports, importTask } from './import/imports.ts'
export type { Dependency, Equivalence, TranslateRequest, Translation } from './maps/translate.ts'
export type { SystemVersions } from './value-sets/compose.ts'
export {
  type Expanded,
  type ExpandedConcept,
  type ExpandRequest,
  mostExpanded,
  mostOfPage,
} from './value-sets/expand.ts'
export type { AskedCoding, MemberOptions, Verdict } from './value-sets/member.ts'
export { lateVocabulary } from './vocabulary.ts'

/** A resource of the record by its address or id, or one that came with the request. */
export type Named<Resource> =
  | { readonly url: string; readonly version?: string }
  | { readonly id: string }
  | { readonly resource: Resource }

export type LookedUp = {
  /** Of the code system. */
  readonly name: string
  readonly system: Canonical
  readonly concept: Concept
  readonly children: readonly string[]
}
export type Subsumption = 'equivalent' | 'subsumes' | 'subsumed-by' | 'not-subsumed'

export interface Terminology {
  /** For the searches of the record. */
  readonly vocabulary: Vocabulary
  /** Big code systems from files. */
  readonly imports: Imports
  /** Every code system, value set or map that can be asked, without its contents. */
  readonly holdings: Holdings
  /** A page of the concepts of a code system. Throws `unprocessable` for an unknown system. */
  browse(tenant: TenantId, system: Named<CodeSystem>, question: BrowseQuestion): Promise<Browsed>
  /** A concept with those above and below it. Throws `unprocessable` for an unknown system and `notFound` for an unknown code. */
  placeOf(tenant: TenantId, system: Named<CodeSystem>, code: string): Promise<ConceptPlace>
  /** Throws `unprocessable` for an unknown system and `notFound` for an unknown code. */
  lookup(tenant: TenantId, system: Named<CodeSystem>, code: string): Promise<LookedUp>
  /** How code A stands to code B in the hierarchy of their system. */
  subsumes(
    tenant: TenantId,
    system: Named<CodeSystem>,
    codes: { readonly a: string; readonly b: string },
  ): Promise<Subsumption>
  validateInSystem(
    tenant: TenantId,
    system: Named<CodeSystem>,
    asked: AskedCoding & MemberOptions,
  ): Promise<Verdict>
  expand(
    tenant: TenantId,
    valueSet: Named<ValueSet>,
    request: ExpandRequest & { readonly versions?: SystemVersions },
  ): Promise<Expanded & { readonly valueSet: ValueSet }>
  validateInSet(
    tenant: TenantId,
    valueSet: Named<ValueSet>,
    asked: AskedCoding & MemberOptions & { readonly versions?: SystemVersions },
  ): Promise<Verdict>
  /** Without a map, all that map the system of the code; throws `notFound` where none does. */
  translate(
    tenant: TenantId,
    map: Named<ConceptMap> | undefined,
    request: TranslateRequest,
  ): Promise<readonly Translation[]>
  /** Throws `notFound` for a table that was not begun, or for an unknown code. */
  closure(tenant: TenantId, request: ClosureRequest): Promise<ClosureAnswer>
  /**
   * The same for a binding: verdicts are remembered in memory until a CodeSystem or ValueSet of the institution changes, which
   * this process learns from the log within some 30 ms. `undefined` where value set or system are not known here.
   */
  validateCode(
    tenant: TenantId,
    asked: {
      readonly valueSet: string
      readonly system?: string
      readonly code: string
      readonly display?: string
    },
  ): Promise<Verdict | undefined>
}
