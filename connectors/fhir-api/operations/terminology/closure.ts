/** R4 conceptmap-operation-closure (§4.10.16): keeps a table of how the concepts of a client stand to one another. */
import type { Coding, ConceptMapGroup } from '@xinglin/fhir'
import type { ClosureAnswer } from '@xinglin/terminology'
import type { Answer } from '../../http/answer.ts'
import type { OperationCall } from '../operation.ts'
import { badValue, isObject, refuseUnknown, textOf } from '../parameters.ts'
import { demandTerminology, missing, numberOf } from './asked.ts'

export async function closure(call: OperationCall): Promise<Answer> {
  await demandTerminology(call, 'CodeSystem', '$closure')
  const { kernel, parameters, request, trace } = call
  refuseUnknown(parameters, ['name', 'concept', 'version'])
  const name = textOf(parameters, 'name')
  if (name === undefined) throw missing('the name of the closure table')
  if (name.length > 200) throw badValue('name', 'has 200 characters at most')
  const concepts = parameters.filter((each) => each.name === 'concept').map(({ value }) => codingOf(value))
  const version = numberOf(parameters, 'version')
  const answer = await kernel.terminology.closure(request.actor.tenant, { name, concepts, version })
  await trace.acceptedAlone([])
  return { status: 200, body: JSON.stringify(mapOf(name, answer, kernel.runtime.now())) }
}

function codingOf(value: unknown): Coding {
  if (isObject(value) && typeof value.system === 'string' && typeof value.code === 'string')
    return value as Coding
  throw badValue('concept', 'must be a Coding with system and code')
}

/** §4.7.7: the narrower concept is the source, which the target subsumes. */
function mapOf(name: string, { version, relations }: ClosureAnswer, date: string) {
  const group = [...Map.groupBy(relations, ({ system }) => system)].map(([system, of]): ConceptMapGroup => {
    const elements = Map.groupBy(of, ({ narrower }) => narrower)
    return {
      source: system,
      target: system,
      element: [...elements].map(([code, broader]) => ({
        code,
        target: broader.map((each) => ({ code: each.broader, equivalence: 'subsumes' })),
      })),
    }
  })
  return {
    resourceType: 'ConceptMap',
    version: String(version),
    name: name.replace(/[^\p{L}\p{N}_]/gu, '_'),
    title: name,
    status: 'active',
    experimental: true,
    date,
    ...(group.length > 0 ? { group } : {}),
  }
}
