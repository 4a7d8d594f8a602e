/** FHIR R4 §3.1.1.4 one search parameter as asked: a tree that says what must hold, with every value parsed. */
import type { ResourceType } from '../model.ts'
import type { ParameterKind } from './definitions.ts'

/** §3.1.1.4.7: `eq` where none was written. */
export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap'

/** Any of `values` must hold (OR). `not` turns the whole around: no value of the resource may match. */
export type ParameterQuery =
  | {
      readonly kind: 'token'
      readonly parameter: string
      readonly modifier?: 'not' | 'text' | 'in' | 'not-in' | 'below' | 'above' | 'of-type'
      readonly values: readonly TokenQuery[]
    }
  | {
      readonly kind: 'string'
      readonly parameter: string
      /** Absent: begins with. Compare `foldText` of both, but for `exact`. `equals` and `ends` are asked by `_filter` alone. */
      readonly modifier?: 'exact' | 'contains' | 'equals' | 'ends'
      readonly values: readonly string[]
    }
  | {
      readonly kind: 'uri'
      readonly parameter: string
      readonly modifier?: 'below' | 'above'
      readonly values: readonly string[]
    }
  | { readonly kind: 'date'; readonly parameter: string; readonly values: readonly DateQuery[] }
  | { readonly kind: 'number'; readonly parameter: string; readonly values: readonly NumberQuery[] }
  | { readonly kind: 'quantity'; readonly parameter: string; readonly values: readonly QuantityQuery[] }
  | { readonly kind: 'reference'; readonly parameter: string; readonly values: readonly ReferenceQuery[] }
  /** Compartment search (§3.1.1.4.1): one of `parameters` refers to the resource. */
  | {
      readonly kind: 'compartment'
      readonly parameter: string
      readonly parameters: readonly string[]
      readonly values: readonly ReferenceQuery[]
    }
  /** `:missing=true`: the resource has no value of the parameter. */
  | {
      readonly kind: 'missing'
      readonly parameter: string
      /** Kind of the parameter. */
      readonly of: ParameterKind
      readonly isMissing: boolean
    }
  /** `subject:Patient.name=…`: a reference of `parameter` to a resource of one of the types, for which its query holds. */
  | { readonly kind: 'chain'; readonly parameter: string; readonly targets: readonly ChainTarget[] }
  /** `_has:Observation:patient:code=…`: a resource of `type` refers here by `parameter`, and the query holds for it. */
  | {
      readonly kind: 'has'
      readonly type: ResourceType
      readonly parameter: string
      readonly query: ParameterQuery
    }
  | { readonly kind: 'composite'; readonly parameter: string; readonly values: readonly CompositeQuery[] }
  | { readonly kind: 'near'; readonly parameter: string; readonly values: readonly NearQuery[] }
  /** `_text`, `_content`: words of the narrative, or of all texts of the resource. */
  | {
      readonly kind: 'words'
      readonly parameter: string
      readonly of: 'narrative' | 'resource'
      readonly words: WordsQuery
    }
  /** `_filter`: `not` has one query, and holds where that does not. */
  | {
      readonly kind: 'logic'
      readonly parameter: string
      readonly operator: 'and' | 'or' | 'not'
      readonly queries: readonly ParameterQuery[]
    }

/** What a text has to have, each word folded. */
export type WordsQuery =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly WordsQuery[] }

/** A circle around a place: degrees, and kilometres along the surface. */
export type NearQuery = { readonly latitude: number; readonly longitude: number; readonly km: number }

export type ChainTarget = { readonly type: ResourceType; readonly query: ParameterQuery }

/**
 * `code`: any system. `|code`: `system` is null, none may stand. `system|`: `code` is undefined. With the modifiers
 * `text`, `in` and `not-in` the whole value is `code`; `of-type` puts `system|code|value` into all three.
 */
export type TokenQuery = {
  readonly system: string | null | undefined
  readonly code: string | undefined
  readonly value?: string
}

/** The range that the written precision means: `lowMs` belongs to it, `highMs` is the first moment after it. `ap` is already widened. */
export type DateQuery = { readonly prefix: Prefix; readonly lowMs: number; readonly highMs: number }

/** `value` as written; [low, high) is the range that its significant digits mean (§3.1.1.4.6: 100 is 99.5 to 100.5). `ap` is widened by 10%. */
export type NumberQuery = {
  readonly prefix: Prefix
  readonly value: number
  readonly low: number
  readonly high: number
}

/** `value||unit` matches code or unit in any system: `system` is then undefined. */
export type QuantityQuery = NumberQuery & {
  readonly system: string | undefined
  readonly code: string | undefined
}

export type ReferenceQuery =
  /** `Patient/1`, or a bare id with the types that the parameter may point to. */
  | {
      readonly kind: 'local'
      readonly types: readonly ResourceType[]
      readonly id: string
      readonly version?: string
    }
  | { readonly kind: 'url'; readonly url: string; readonly version?: string }
  | {
      readonly kind: 'identifier'
      readonly system: string | null | undefined
      readonly value: string | undefined
    }

/** One value `a$b`: each component as a query of its own kind, with the composite's name as parameter. */
export type CompositeQuery = { readonly components: readonly ParameterQuery[] }
