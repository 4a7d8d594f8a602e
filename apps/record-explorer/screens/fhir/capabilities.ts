/** R4 capabilitystatement.html: what the door says that a type may be searched by; so the builder can offer no more than is answered. */
import type { Answer } from '@xinglin/kit'
import { type Told, useDoor } from './door.ts'
import { isObject, listOf, parsed, textAt } from './json.ts'

export type Searchable = {
  /** Modifiers by parameter: `missing`, `exact`. */
  readonly modifiers: ReadonlyMap<string, readonly string[]>
  readonly includes: readonly string[]
  readonly reverseIncludes: readonly string[]
}

/** It changes only with a new version of the platform. */
const staleAfterMs = 600_000

/** What every type may be searched by. */
export function useCapabilities(): Answer<ReadonlyMap<string, Searchable>> {
  return useDoor({ path: 'metadata' }, { read: searchableTypes, staleAfterMs })
}

/** Reads the statement into what the builder needs of it. */
export function searchableTypes({ text }: Pick<Told, 'text'>): ReadonlyMap<string, Searchable> {
  const statement = parsed(text)
  const rest = isObject(statement) ? listOf(statement.rest)[0] : undefined
  const types = isObject(rest) ? listOf(rest.resource) : []
  return new Map(
    types.flatMap((type) => {
      const name = textAt(type, 'type')
      if (!name || !isObject(type)) return []
      const modifiers = listOf(type.searchParam).map(
        (parameter) =>
          [textAt(parameter, 'name') ?? '', modifiersOf(textAt(parameter, 'documentation'))] as const,
      )
      return [
        [
          name,
          {
            modifiers: new Map(modifiers),
            includes: listOf(type.searchInclude).map(String),
            reverseIncludes: listOf(type.searchRevInclude).map(String),
          },
        ] as const,
      ]
    }),
  )
}

/** `:missing :exact` as its words. */
function modifiersOf(documentation: string | undefined): readonly string[] {
  if (!documentation?.startsWith(':')) return []
  return [...documentation.matchAll(/:([\w[\]-]+)/g)].map(([, word = '']) => word)
}
