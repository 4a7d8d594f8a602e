/** R4 §4.1.5 required bindings: the codes that a token parameter can be asked for, where its element is bound to a closed list. */
import { elements } from '../generated/elements.js'
import { valueSets } from '../generated/value-sets.js'
import type { SearchParameterDefinition } from './definitions.ts'

/** The codes of a parameter's element in the order of the standard; empty where it has no required binding or a function in its path. */
export function codesOf(
  type: string,
  { expression }: Pick<SearchParameterDefinition, 'expression'>,
): readonly { readonly system: string; readonly code: string }[] {
  const path = expression
    .split('|')
    .map((part) => part.trim())
    .find((part) => new RegExp(`^${type}(\\.[A-Za-z]+)+$`).test(part))
  const valueSet = path === undefined ? undefined : valueSetAt(path.split('.'))
  const listed = valueSet === undefined ? undefined : valueSets[valueSet]
  return Object.entries(listed ?? {}).flatMap(([system, codes]) => codes.map((code) => ({ system, code })))
}

function valueSetAt([type = '', ...names]: readonly string[]): string | undefined {
  let owner = type
  for (const [index, name] of names.entries()) {
    const row = elements[owner]?.find(([element]) => element === name)
    if (!row) return undefined
    if (index === names.length - 1) return row[4]
    owner = row[3][0] ?? ''
  }
  return undefined
}
