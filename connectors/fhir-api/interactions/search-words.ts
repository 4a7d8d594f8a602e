/**
 * search.html §3.1.1: the words of a search beside its parameters, by kind of parameter. Read by the CapabilityStatement and
 * by docs/fhir.md; a test asks each of them, and each other one that R4 has, so that the table says what is really answered.
 */
import type { ResourceType } from '@xinglin/fhir'
import { allResourceTypes, type ParameterKind, parametersOf } from '@xinglin/fhir/search'

/** Modifiers (§3.1.1.4.4) by kind; `[type]` is the name of a resource type. */
export const modifiers: Readonly<Record<ParameterKind, readonly string[]>> = {
  string: ['missing', 'exact', 'contains'],
  token: ['missing', 'not', 'text', 'of-type'],
  reference: ['missing', 'text', 'identifier', '[type]'],
  uri: ['missing', 'below', 'above'],
  date: ['missing'],
  number: ['missing'],
  quantity: ['missing'],
  composite: [],
  special: [],
}

/** Prefixes (§3.1.1.4.7) of numbers, dates and quantities. */
export const prefixes = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'] as const
export const prefixed: readonly ParameterKind[] = ['date', 'number', 'quantity']

/** Parameters that order, page, widen and shape the answer (§3.1.1.5). */
export const resultWords: readonly (readonly [name: string, what: string])[] = [
  [
    '_sort',
    'by parameters of every kind but composites and `near`; several keys, `-` for descending; by codes, references and uris 5,000 resources at most',
  ],
  ['_count', 'resources a page: 50 where it is absent, 1,000 at most; `0` tells the total alone'],
  ['_total', '`none`, `estimate` (exact up to 1,000, above it as the database expects), `accurate`'],
  [
    '_include',
    '`Type:parameter[:Target]`, `Type:*`, `*`, with `:iterate` ten rounds; 5,000 resources a page at most',
  ],
  [
    '_revinclude',
    '`Type:parameter[:Target]`, `Type:*`, `*`, with `:iterate` ten rounds; 5,000 resources a page at most',
  ],
  ['_contained', '`false`, `true`, `both`; without chains, `_has`, words, `_sort` and includes'],
  ['_containedType', '`container`, `contained` (named `Type/id#id`)'],
  ['_summary', '`true`, `text`, `data`, `count`, `false`'],
  ['_elements', 'elements at the top of the resource'],
  ['_format', '`json`, `xml` or a media type'],
  ['_pretty', '`true` for indented text'],
]

/** Parameters of every type that are no SearchParameter of R4's definitions. */
export const parametersBeside = [
  { name: '_has', documentation: '_has:Type:reference-parameter:parameter, four deep' },
  { name: '_list', documentation: 'the id of a List whose items are searched' },
  {
    name: '_filter',
    documentation: 'search_filter.html: comparisons with and, or, not; chains and brackets',
  },
  { name: '_text', documentation: 'words of the narrative, beside a parameter that leads to few' },
  { name: '_content', documentation: 'words of the whole resource, beside a parameter that leads to few' },
] as const

/** Modifiers of a parameter as they are written, for a reader: `:missing :exact`; undefined where there are none. */
export function modifierText({
  name,
  kind,
}: {
  readonly name: string
  readonly kind: ParameterKind
}): string | undefined {
  // §3.1.1.4.4: of-type asks for the kind of an Identifier, text for what a code is called.
  const words = modifiers[kind].filter(
    (word) => (word !== 'of-type' || name.includes('identifier')) && (word !== 'text' || name !== '_id'),
  )
  return words.length === 0 ? undefined : words.map((word) => `:${word}`).join(' ')
}

/** What `_include` takes on a type (§3.1.1.5.3). */
export function includesOf(type: ResourceType): readonly string[] {
  return ['*', ...referencesOf(type).map(({ name }) => `${type}:${name}`)]
}

/**
 * What `_revinclude` takes for a type. Parameters that may refer to any type at all are left out but for Provenance's: they
 * work, yet would stand in all 145 lists.
 */
export function reverseIncludesOf(type: ResourceType): readonly string[] {
  const named = allResourceTypes.flatMap((from) =>
    referencesOf(from)
      .filter(({ targets }) => targets.includes(type))
      .filter(({ targets }) => targets.length < allResourceTypes.length || from === 'Provenance')
      .map(({ name }) => `${from}:${name}`),
  )
  return ['*', ...named]
}

function referencesOf(type: ResourceType) {
  return [...parametersOf(type).values()].filter(({ kind }) => kind === 'reference')
}
