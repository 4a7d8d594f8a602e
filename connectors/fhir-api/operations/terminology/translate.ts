/** R4 conceptmap-operation-translate (§4.10.15): what a code is elsewhere, forward or in reverse. */
import type { Dependency, Translation } from '@xinglin/terminology'
import type { Answer } from '../../http/answer.ts'
import type { OperationCall } from '../operation.ts'
import { badValue, isObject, refuseUnknown, textOf } from '../parameters.ts'
import {
  codingsOf,
  demandTerminology,
  flagOf,
  missing,
  namedResource,
  type Part,
  parametersAnswer,
} from './asked.ts'

const known = [
  ...[
    'url',
    'conceptMap',
    'conceptMapVersion',
    'code',
    'system',
    'version',
    'source',
    'coding',
    'codeableConcept',
  ],
  ...['target', 'targetsystem', 'dependency', 'reverse'],
]
const names = {
  code: 'code',
  system: 'system',
  version: 'version',
  coding: 'coding',
  concept: 'codeableConcept',
}
/** What tells that there is no translation. */
const negative: ReadonlySet<string> = new Set(['unmatched', 'disjoint'])

export async function translate(call: OperationCall): Promise<Answer> {
  await demandTerminology(call, 'ConceptMap', '$translate')
  const { kernel, parameters, request } = call
  refuseUnknown(parameters, known)
  const codings = codingsOf(parameters, names)
  const named = namedResource(call, 'ConceptMap', { resource: 'conceptMap', version: 'conceptMapVersion' })
  if (!named && codings.some(({ system }) => system === undefined))
    throw missing('the system of the code, or a map')
  const translations = await kernel.terminology.translate(request.actor.tenant, named, {
    codings,
    sourceSet: textOf(parameters, 'source'),
    targetSet: textOf(parameters, 'target'),
    targetSystem: textOf(parameters, 'targetsystem'),
    isReverse: flagOf(parameters, 'reverse') ?? false,
    dependencies: dependenciesOf(call),
  })
  const isFound = translations.some(({ equivalence, concept }) => concept && !negative.has(equivalence))
  return parametersAnswer([
    ['result', 'valueBoolean', isFound],
    ['message', 'valueString', isFound ? undefined : 'no concept map translates this code'],
    ...translations.map((each): Part => ['match', 'part', matchOf(each)]),
  ])
}

function matchOf({ equivalence, concept, products, source }: Translation): readonly Part[] {
  return [
    ['equivalence', 'valueCode', equivalence],
    ['concept', 'valueCoding', concept],
    ...products.map(
      (product): Part => [
        'product',
        'part',
        [
          ['element', 'valueUri', product.element],
          ['concept', 'valueCoding', product.concept],
        ],
      ],
    ),
    ['source', 'valueUri', source],
  ]
}

/** `dependency` has the parts `element` and `concept`; it comes in a body only. */
function dependenciesOf({ body }: OperationCall): readonly Dependency[] {
  const entries = isObject(body) && Array.isArray(body.parameter) ? body.parameter : []
  return entries.filter((entry) => isObject(entry) && entry.name === 'dependency').map(dependencyOf)
}

function dependencyOf(entry: { readonly part?: unknown }): Dependency {
  const parts: readonly unknown[] = Array.isArray(entry.part) ? entry.part : []
  const part = (name: string) => parts.filter(isObject).find((each) => each.name === name)
  const element = part('element')?.valueUri
  const concept = part('concept')?.valueCodeableConcept
  const [coding] = isObject(concept) && Array.isArray(concept.coding) ? concept.coding : []
  const code = part('concept')?.valueString ?? (isObject(coding) ? coding.code : undefined)
  if (typeof element === 'string' && typeof code === 'string') return { element, code }
  throw badValue('dependency', 'has the parts element (uri) and concept (CodeableConcept)')
}
