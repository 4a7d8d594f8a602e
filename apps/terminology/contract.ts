/** What others may rely on: the addresses of the screens and the answers of `/api/terminology`, as plain JSON. */

/** Addresses of the screens. */
export const terminologyScreens = {
  home: '/terminology',
  system: '/terminology/code-systems/:canonical',
  set: '/terminology/value-sets/:canonical',
} as const

/** Going through code systems, value sets and maps; each needs the right to search the resource type too. */
export const readPermission = 'terminology.concept.read'

/** The page of a code system, at one of its codes where one is given. */
export function systemAddress(url: string, version?: string, code?: string): string {
  const address = `/terminology/code-systems/${canonicalPart(url, version)}`
  return code === undefined ? address : `${address}?code=${encodeURIComponent(code)}`
}

/** The page of a value set. */
export function setAddress(url: string, version?: string): string {
  return `/terminology/value-sets/${canonicalPart(url, version)}`
}

function canonicalPart(url: string, version: string | undefined): string {
  return encodeURIComponent(version === undefined || version === '' ? url : `${url}|${version}`)
}

export type ImportState = {
  readonly id: string
  readonly state: 'waiting' | 'running' | 'done' | 'refused'
  readonly system?: string
  readonly version?: string
  readonly concepts: number
  readonly fileBytes: number
  readonly bytesRead: number
  readonly asked: string
  readonly ended?: string
  /** Id of the CodeSystem that was made. */
  readonly codeSystem?: string
  /** Why it was refused: code and sentence. */
  readonly code?: string
  readonly reason?: string
}
/** `GET /api/terminology/imports`: the newest hundred. */
export type ImportsAnswer = { readonly imports: readonly ImportState[] }
/** `POST /api/terminology/rebuild`: imports that were asked for again. */
export type RebuildAnswer = { readonly asked: number }

/** `GET /api/terminology/code-systems`, `value-sets`, `concept-maps`: the institution's own first, then those of R4. */
export type HoldingsAnswer = { readonly held: readonly HoldingRow[] }
export type HoldingRow = {
  readonly id?: string
  readonly url?: string
  readonly version?: string
  readonly name?: string
  readonly title?: string
  readonly status: string
  /** Whether it is R4's own, which stands in no institution's record. */
  readonly isStandard: boolean
  readonly content?: string
  readonly count?: number
  readonly source?: string
  readonly target?: string
}

/** A code with its names: `display` is that of the system itself. */
export type NameRow = {
  readonly code: string
  readonly display?: string
  readonly designations: readonly {
    readonly language?: string
    readonly use?: { readonly code?: string; readonly display?: string }
    readonly value: string
  }[]
  readonly isInactive: boolean
  readonly isAbstract: boolean
}
export type SystemRow = {
  readonly id?: string
  readonly url: string
  readonly version?: string
  readonly name?: string
  readonly title?: string
}

/** `GET /api/terminology/concepts?system&version&among=all|top|below&code&text&offset&count`. */
export type ConceptsAnswer = {
  readonly system: SystemRow
  readonly concepts: readonly (NameRow & { readonly hasChildren: boolean })[]
  /** Absent where counting on would cost too much. */
  readonly total?: number
  /** Whether any code of the system stands below another. */
  readonly isHierarchical: boolean
}

/** `GET /api/terminology/concept?system&version&code`. */
export type ConceptAnswer = {
  readonly system: SystemRow
  readonly concept: NameRow & {
    readonly definition?: string
    readonly properties: readonly PropertyRow[]
  }
  /** From the top down to the code, without itself. */
  readonly path: readonly NameRow[]
  readonly parents: readonly NameRow[]
  /** At most 200. */
  readonly children: readonly NameRow[]
  /** Absent where the reader may not search ConceptMaps. */
  readonly maps?: readonly MapRow[]
}
export type PropertyRow = {
  readonly code: string
  readonly description?: string
  readonly value: string
  /** Whether the value is a code of the same system. */
  readonly isCode: boolean
}
export type MapRow = {
  /** `to`: what the code is elsewhere; `from`: what is this code. */
  readonly direction: 'to' | 'from'
  readonly equivalence: string
  readonly system?: string
  readonly code?: string
  readonly display?: string
  /** Url of the map. */
  readonly map?: string
}
