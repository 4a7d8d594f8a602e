/** R4 valueset-operation-expand (§4.9.18): the codes of a value set, whole or by pages, filtered by what somebody types. */
import type { ValueSetExpansionContains, ValueSetExpansionParameter } from '@xinglin/fhir'
import type { Expanded, ExpandedConcept, ExpandRequest } from '@xinglin/terminology'
import type { Answer } from '../../http/answer.ts'
import type { OperationCall } from '../operation.ts'
import { refuseUnknown, textOf, textsOf } from '../parameters.ts'
import {
  demandTerminology,
  flagOf,
  languageOf,
  missing,
  namedResource,
  numberOf,
  versionsOf,
} from './asked.ts'

/** What `$expand` takes; another is refused. */
export const expandParameters = [
  ...[
    'url',
    'valueSet',
    'valueSetVersion',
    'filter',
    'offset',
    'count',
    'includeDesignations',
    'designation',
  ],
  ...[
    'includeDefinition',
    'activeOnly',
    'excludeNested',
    'excludeNotForUI',
    'excludePostCoordinated',
    'displayLanguage',
  ],
  ...['system-version', 'force-system-version'],
]

export async function expand(call: OperationCall): Promise<Answer> {
  await demandTerminology(call, 'ValueSet', '$expand')
  const { kernel, parameters, request } = call
  refuseUnknown(parameters, expandParameters)
  const named = namedResource(call, 'ValueSet', {
    ...(sentInParameters(call) ? { resource: 'valueSet' } : {}),
    version: 'valueSetVersion',
  })
  if (!named) throw missing('url or valueSet, or the address of a ValueSet')
  const wanted = requestOf(call)
  const versions = versionsOf(parameters)
  const { valueSet, ...expanded } = await kernel.terminology.expand(request.actor.tenant, named, {
    ...wanted,
    versions,
  })
  const { text: _, compose, expansion: __, ...header } = valueSet
  const body = {
    ...header,
    ...(flagOf(parameters, 'includeDefinition') === true && compose ? { compose } : {}),
    expansion: {
      identifier: `urn:uuid:${kernel.runtime.newId()}`,
      timestamp: kernel.runtime.now(),
      ...(expanded.total === undefined ? {} : { total: expanded.total }),
      ...(expanded.offset === undefined ? {} : { offset: expanded.offset }),
      ...listOf('parameter', usedParameters(wanted, expanded)),
      ...listOf('contains', expanded.concepts.map(containsOf)),
    },
  }
  return { status: 200, body: JSON.stringify(body) }
}

function sentInParameters({ parameters }: OperationCall): boolean {
  return parameters.some(({ name }) => name === 'valueSet')
}

function requestOf(call: OperationCall): ExpandRequest {
  const { parameters } = call
  const wanted = textsOf(parameters, 'designation')
  return {
    filter: textOf(parameters, 'filter'),
    offset: numberOf(parameters, 'offset'),
    count: numberOf(parameters, 'count'),
    isActiveOnly: flagOf(parameters, 'activeOnly') ?? false,
    isNested: flagOf(parameters, 'excludeNested') === false,
    isSelectableOnly: flagOf(parameters, 'excludeNotForUI') ?? false,
    language: languageOf(call),
    hasDesignations: flagOf(parameters, 'includeDesignations') ?? wanted.length > 0,
    designations: wanted,
  }
}

/** §4.9.5 expansion.parameter: what the answer depends on besides the definition. */
function usedParameters(
  asked: ExpandRequest,
  { isNested, concepts }: Expanded,
): readonly ValueSetExpansionParameter[] {
  const versions = new Set(
    concepts.flatMap(({ system, version }) => (version === undefined ? [] : [`${system}|${version}`])),
  )
  return [
    ...(asked.filter === undefined ? [] : [{ name: 'filter', valueString: asked.filter }]),
    ...(asked.offset === undefined ? [] : [{ name: 'offset', valueInteger: asked.offset }]),
    ...(asked.count === undefined ? [] : [{ name: 'count', valueInteger: asked.count }]),
    ...(asked.isActiveOnly ? [{ name: 'activeOnly', valueBoolean: true }] : []),
    ...(asked.language === undefined ? [] : [{ name: 'displayLanguage', valueCode: asked.language }]),
    ...(asked.hasDesignations ? [{ name: 'includeDesignations', valueBoolean: true }] : []),
    { name: 'excludeNested', valueBoolean: !isNested },
    ...[...versions].map((version) => ({ name: 'version', valueUri: version })),
  ]
}

function containsOf(concept: ExpandedConcept): ValueSetExpansionContains {
  const { system, version, code, display, isInactive, isAbstract, designations, contains } = concept
  return {
    system,
    ...(isAbstract ? { abstract: true } : {}),
    ...(isInactive ? { inactive: true } : {}),
    ...(version === undefined ? {} : { version }),
    code,
    ...(display === undefined ? {} : { display }),
    ...(designations ? { designation: [...designations] } : {}),
    ...(contains ? { contains: contains.map(containsOf) } : {}),
  }
}

/** FHIR JSON has no empty lists. */
function listOf<Item>(name: string, items: readonly Item[]) {
  return items.length === 0 ? {} : { [name]: items }
}
