/** What others may rely on: the dictionaries of the house (主数据), their versions, and who has taken which. */

export const dictionaryPermissions = {
  read: 'dictionaries.dictionary.read',
  /** Making dictionaries, handing them over, saying who subscribes. */
  manage: 'dictionaries.dictionary.manage',
  /** Editing and publishing those that one owns. */
  write: 'dictionaries.entry.write',
  /** Saying that a version was taken over: for the subscribed systems. */
  acknowledge: 'dictionaries.version.acknowledge',
  /** Proposing and reviewing what an entry is in a standard terminology. */
  map: 'dictionaries.mapping.write',
} as const

export const dictionariesPath = '/api/dictionaries'
export const dictionariesScreens = { home: '/dictionaries', one: '/dictionaries/:key' } as const

/** Stated when a version was published: `resourceId` is its CodeSystem, `data` has `key` and `number`. */
export const versionPublished = 'dictionaries.version-published'

export const dictionaryKinds = [
  'organisation',
  'department',
  'staff',
  'ward',
  'charge-item',
  'drug',
  'code',
] as const
export type DictionaryKind = (typeof dictionaryKinds)[number]

/** Input of `commands/define-dictionary`. */
export type DefineDictionary = {
  /** Lower-case words joined by `-`; part of addresses and of ids of its CodeSystems. */
  readonly key: string
  readonly kind: DictionaryKind
  readonly title: string
  /** Login of the one person who answers for it. */
  readonly owner: string
  /** Canonical address of its code system; `urn:xinglin:dictionary:<key>` where absent. */
  readonly url?: string
}
export type HandOver = { readonly dictionary: string; readonly owner: string }

/** What an entry says; as it is published, a concept of the CodeSystem. */
export type EntryText = {
  readonly display: string
  readonly english?: string
  readonly definition?: string
  /** False: withdrawn, kept for what was recorded with it. */
  readonly isActive: boolean
}
export type SaveEntry = { readonly dictionary: string; readonly code: string } & EntryText
export type EntryNamed = { readonly dictionary: string; readonly code: string }
export type PublishVersion = { readonly dictionary: string; readonly note: string }
export type Published = { readonly number: number; readonly codeSystem: string }
export type AcknowledgeVersion = { readonly dictionary: string; readonly number: number }
/** `subscriber` is a machine client, as the trail names it: `client/<id>`. */
export type Subscribe = { readonly dictionary: string; readonly subscriber: string; readonly title: string }

/** ConceptMap equivalences that are told of an entry (R4 concept-map-equivalence). */
export const equivalences = ['equivalent', 'wider', 'narrower', 'inexact'] as const
export type Equivalence = (typeof equivalences)[number]
export type ProposedMapping = {
  readonly code: string
  readonly targetCode: string
  readonly equivalence: Equivalence
}
export type ProposeMapping = ProposedMapping & { readonly dictionary: string; readonly target: string }
export type ReviewMapping = {
  readonly dictionary: string
  readonly target: string
  readonly code: string
  readonly targetCode: string
  readonly isRight: boolean
}

/** `GET /api/dictionaries/dictionaries`. */
export type DictionariesAnswer = { readonly dictionaries: readonly Dictionary[] }
export type Dictionary = {
  readonly key: string
  readonly kind: DictionaryKind
  readonly title: string
  readonly owner: string
  readonly ownerDisplay: string
  /** Whether the asker is the owner. */
  readonly isMine: boolean
  readonly url: string
  /** Newest published version; 0 where there is none. */
  readonly version: number
  readonly publishedAt?: string
  /** Active ones, of what is published next. */
  readonly entries: number
  /** Entries that differ from what is published. */
  readonly changes: number
  /** Subscribers that have not taken the newest version. */
  readonly waiting: number
  readonly targets: readonly Coverage[]
}
/** How much of a dictionary is said in a standard terminology. */
export type Coverage = {
  readonly target: string
  /** Active entries with a reviewed mapping. */
  readonly mapped: number
  readonly toReview: number
}

export type ChangeKind = 'added' | 'changed' | 'withdrawn'
export type Entry = EntryText & {
  readonly code: string
  /** What differs from what is published; absent where nothing does. */
  readonly change?: ChangeKind
  readonly published?: EntryText
  readonly changedAt: string
  readonly changedBy: string
}
/** `GET …/dictionaries/:key/entries?text&among=all|changed&after`, by code. */
export type EntriesAnswer = { readonly entries: readonly Entry[]; readonly next?: string }

/** `GET …/dictionaries/:key/versions`, newest first. */
export type VersionsAnswer = {
  readonly versions: readonly DictionaryVersion[]
  readonly subscribers: readonly Subscriber[]
}
export type DictionaryVersion = {
  readonly number: number
  readonly at: string
  readonly by: string
  readonly note: string
  readonly codeSystem: string
  readonly added: number
  readonly changed: number
  readonly withdrawn: number
  /** Subscribers that have taken it. */
  readonly taken: number
}
export type Subscriber = {
  readonly subscriber: string
  readonly title: string
  /** The newest version that it has taken. */
  readonly number?: number
  readonly at?: string
}
/** `GET …/dictionaries/:key/versions/:number`: what it changed, at most 1,000 entries. */
export type ChangesAnswer = { readonly changes: readonly VersionChange[]; readonly isCut: boolean }
export type VersionChange = {
  readonly code: string
  readonly change: ChangeKind
  readonly before?: EntryText
  readonly after: EntryText
}

export type MappingState = 'none' | 'proposed' | 'reviewed'
/** `GET …/dictionaries/:key/mappings?target&among=none|proposed|reviewed|all&after`, by code. */
export type MappingsAnswer = { readonly mappings: readonly MappingRow[]; readonly next?: string }
export type MappingRow = {
  readonly code: string
  readonly display: string
  readonly state: MappingState
  readonly targetCode?: string
  readonly targetDisplay?: string
  readonly equivalence?: Equivalence
  readonly by?: string
  /** Whether the asker proposed it, and so cannot review it. */
  readonly isMine?: boolean
  readonly reviewedBy?: string
}
/** `GET …/dictionaries/:key/suggestions?target&code`, best first. */
export type SuggestionsAnswer = { readonly suggestions: readonly Suggestion[] }
export type Suggestion = {
  readonly code: string
  readonly display: string
  readonly english?: string
  /** The names are the same but for spaces, width and case. */
  readonly isSame: boolean
}
/** `POST …/dictionaries/:key/mappings/by-name`: entries without a mapping whose name the target knows are proposed. */
export type ByNameAnswer = { readonly looked: number; readonly proposed: number; readonly next?: string }
/** `GET …/targets` and `…/people`. */
export type TargetsAnswer = { readonly targets: readonly { readonly url: string; readonly title: string }[] }
export type OwnersAnswer = {
  readonly owners: readonly { readonly login: string; readonly display: string }[]
}
/** `POST …/dictionaries/:key/entries.csv`. */
export type ImportedAnswer = { readonly read: number; readonly changed: number }
