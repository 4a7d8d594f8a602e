/** GraphQL (October 2021) §2: the text of a request as the operation to execute, its fragments and variables. */
import { invalid } from '@xinglin/fhir'
import type { FragmentDefinitionNode, OperationDefinitionNode, ValueNode } from 'graphql'
import { isObject } from '../parameters.ts'
import { mostQueryCharacters, mostTokens } from './limits.ts'

export type Asked = {
  readonly query: string
  readonly operationName?: string
  readonly variables: Readonly<Record<string, unknown>>
}
export type Question = {
  readonly operation: OperationDefinitionNode
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly variables: Readonly<Record<string, unknown>>
}

/** From the query string, or the body of a POST (GraphQL over HTTP §5): JSON, or the text alone. */
export function readAsked(query: string | undefined, body: unknown): Asked {
  if (typeof body === 'string') return { query: body, variables: {} }
  if (!isObject(body)) return { query: query ?? refused('a GraphQL query is missing'), variables: {} }
  const { query: text = query, operationName, variables = {} } = body
  if (typeof text !== 'string') return refused('the member query is missing')
  if (!isObject(variables ?? {})) return refused('the member variables is no object')
  return {
    query: text,
    variables: isObject(variables) ? variables : {},
    ...(typeof operationName === 'string' ? { operationName } : {}),
  }
}

/** Throws `invalid` with line and column for what is no GraphQL, and for what only queries may not do. */
export async function parseQuestion({ query, operationName, variables }: Asked): Promise<Question> {
  if (query.length > mostQueryCharacters) refused(`a query has at most ${mostQueryCharacters} characters`)
  // Loaded with the first question: 30 ms that a start is spared.
  const { GraphQLError, Kind, parse } = await import('graphql')
  try {
    const { definitions } = parse(query, { maxTokens: mostTokens })
    const operations = definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION)
    const [operation, another] = operations.filter(
      ({ name }) => operationName === undefined || name?.value === operationName,
    )
    if (!operation) return refused('there is no operation of that name')
    if (another) return refused('operationName must say which of the operations is meant')
    if (operation.operation !== 'query')
      return refused('only queries are answered; write by the REST interactions')
    const fragments = definitions.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION)
    return {
      operation,
      fragments: new Map(fragments.map((each) => [each.name.value, each])),
      variables: withDefaults(operation, variables),
    }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    const [place] = error.locations ?? []
    return refused(`the query is no GraphQL${place ? ` at line ${place.line}, column ${place.column}` : ''}`)
  }
}

function withDefaults(
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    variableDefinitions.map(({ variable, defaultValue, type }) => {
      const name = variable.name.value
      const value = given[name] ?? (defaultValue && literalOf(defaultValue, {}))
      if (value === undefined && type.kind === 'NonNullType') refused(`the variable $${name} is missing`)
      return [name, value]
    }),
  )
}

/** The value of an argument; undefined for a variable that was not given. */
export function literalOf(node: ValueNode, variables: Readonly<Record<string, unknown>>): unknown {
  if (node.kind === 'Variable') return variables[node.name.value]
  if (node.kind === 'NullValue') return undefined
  if (node.kind === 'ListValue') return node.values.map((each) => literalOf(each, variables))
  if (node.kind === 'ObjectValue')
    return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, literalOf(value, variables)]))
  const isNumber = node.kind === 'IntValue' || node.kind === 'FloatValue'
  return isNumber ? Number(node.value) : node.value
}

function refused(reason: string): never {
  throw invalid(reason, { code: 'graphql.query', at: 'query' })
}
