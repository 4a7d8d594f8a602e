/** GraphQL §6.3: the fields that a selection asks of an object of a type, with fragments opened and conditions decided. */
import type { DirectiveNode, FieldNode, SelectionSetNode } from 'graphql'
import { literalOf, type Question } from './question.ts'

export type Arguments = Readonly<Record<string, unknown>>
export type AskedField = {
  readonly name: string
  /** The name in the answer. */
  readonly key: string
  readonly given: Arguments
  readonly selection: SelectionSetNode | undefined
  /** By name; `@flatten`, `@first`, `@singleton` and `@slice` of R4 graphql.html §3.3.6. */
  readonly directives: ReadonlyMap<string, Arguments>
}

/** What every type of R4 may be called in a condition of a fragment. */
const general: ReadonlySet<string> = new Set(['Resource', 'DomainResource', 'Element', 'BackboneElement'])
const mostFragmentDepth = 10

/** Fields in their order; a fragment about another type is left out. */
export function fieldsOf(
  { fragments, variables }: Question,
  selection: SelectionSetNode,
  type: string,
  depth = 0,
): readonly AskedField[] {
  if (depth > mostFragmentDepth) return []
  return selection.selections.flatMap((node) => {
    const directives = directivesOf(node.directives, variables)
    if (isLeftOut(directives)) return []
    if (node.kind === 'Field') return [fieldOf(node, directives, variables)]
    const fragment = node.kind === 'InlineFragment' ? node : fragments.get(node.name.value)
    const about = fragment?.typeCondition?.name.value
    const fits = about === undefined || about === type || general.has(about)
    return fragment && fits
      ? fieldsOf({ fragments, variables } as Question, fragment.selectionSet, type, depth + 1)
      : []
  })
}

function fieldOf(
  node: FieldNode,
  directives: AskedField['directives'],
  variables: Question['variables'],
): AskedField {
  return {
    name: node.name.value,
    key: node.alias?.value ?? node.name.value,
    given: argumentsOf(node.arguments, variables),
    selection: node.selectionSet,
    directives,
  }
}

function argumentsOf(nodes: FieldNode['arguments'] = [], variables: Question['variables']): Arguments {
  return Object.fromEntries(nodes.map(({ name, value }) => [name.value, literalOf(value, variables)]))
}

function directivesOf(
  nodes: readonly DirectiveNode[] = [],
  variables: Question['variables'],
): AskedField['directives'] {
  return new Map(nodes.map((node) => [node.name.value, argumentsOf(node.arguments, variables)]))
}

function isLeftOut(directives: AskedField['directives']): boolean {
  return directives.get('skip')?.if === true || directives.get('include')?.if === false
}
