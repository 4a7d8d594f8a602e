/** `/api/terminology/concepts` and `/concept`: going through a code system. It names no patient: decided, not audited. */
import type { Kernel } from '@xinglin/app'
import { OutcomeError } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import type { Concept, ConceptPlace, Header, Property, Translation } from '@xinglin/terminology'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import {
  type ConceptAnswer,
  type ConceptsAnswer,
  type MapRow,
  type NameRow,
  type PropertyRow,
  readPermission,
  type SystemRow,
} from '../contract.ts'
import { codeOf, questionOf, systemOf } from './asked.ts'

export function conceptRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { identity, terminology } = kernel
  const demand = (actor: Actor) => {
    identity.demand(actor, { kind: 'permission', permission: readPermission })
    identity.demand(actor, { kind: 'record', interaction: 'search', type: 'CodeSystem' })
  }
  http.get('/concepts', async (request): Promise<ConceptsAnswer> => {
    const actor = requireActor(request)
    const { query } = request
    demand(actor)
    const { header, concepts, ...told } = await terminology.browse(
      actor.tenant,
      systemOf(query),
      questionOf(query),
    )
    return {
      system: systemRow(header),
      concepts: concepts.map((each) => ({ ...nameRow(each), hasChildren: each.hasChildren })),
      ...told,
    }
  })
  http.get('/concept', async (request): Promise<ConceptAnswer> => {
    const actor = requireActor(request)
    demand(actor)
    const place = await terminology.placeOf(actor.tenant, systemOf(request.query), codeOf(request.query))
    const mayMap = identity.decide(actor, { kind: 'record', interaction: 'search', type: 'ConceptMap' })
    return {
      ...placeAnswer(place),
      ...(mayMap.isAllowed ? { maps: await mapsOf(kernel, actor, place) } : {}),
    }
  })
}

function placeAnswer({ header, concept, path, parents, children }: ConceptPlace): ConceptAnswer {
  const { definition, properties } = concept
  return {
    system: systemRow(header),
    concept: {
      ...nameRow(concept),
      ...(definition === undefined ? {} : { definition }),
      properties: properties.map((each) => propertyRow(each, header)),
    },
    path: path.map(nameRow),
    parents: parents.map(nameRow),
    children: children.map(nameRow),
  }
}

function systemRow({ id, url = '', version, name, title }: Header): SystemRow {
  return {
    ...(id === undefined ? {} : { id }),
    url,
    ...(version === undefined ? {} : { version }),
    ...(name === undefined ? {} : { name }),
    ...(title === undefined ? {} : { title }),
  }
}

function nameRow({ code, display, designations, isInactive, isAbstract }: Concept): NameRow {
  return {
    code,
    ...(display === undefined ? {} : { display }),
    designations: designations.map(({ language, use, value }) => ({
      ...(language === undefined ? {} : { language }),
      ...(use === undefined ? {} : { use }),
      value,
    })),
    isInactive,
    isAbstract,
  }
}

function propertyRow(property: Property, header: Header): PropertyRow {
  const { code, valueCode, valueCoding } = property
  const description = header.property?.find((each) => each.code === code)?.description
  const coding = valueCoding && [valueCoding.code, valueCoding.display].filter(Boolean).join(' ')
  const plain =
    property.valueString ?? property.valueInteger ?? property.valueBoolean ?? property.valueDecimal
  return {
    code,
    ...(description === undefined ? {} : { description }),
    value: valueCode ?? coding ?? property.valueDateTime ?? String(plain ?? ''),
    isCode: valueCode !== undefined,
  }
}

/** Both ways; that no map knows the code is no failure. */
async function mapsOf(
  { terminology }: Kernel,
  { tenant }: Actor,
  { header, concept }: ConceptPlace,
): Promise<readonly MapRow[]> {
  const codings = [{ system: header.url ?? '', code: concept.code }]
  const found = await Promise.all(
    ([false, true] as const).map((isReverse) =>
      terminology.translate(tenant, undefined, { codings, isReverse }).catch(noneIfUnknown),
    ),
  )
  return found.flatMap((translations, at) =>
    translations.map((each) => mapRow(each, at === 0 ? 'to' : 'from')),
  )
}

function noneIfUnknown(error: unknown): readonly Translation[] {
  if (error instanceof OutcomeError && error.failure === 'notFound') return []
  throw error
}

function mapRow({ equivalence, concept, source }: Translation, direction: MapRow['direction']): MapRow {
  return {
    direction,
    equivalence,
    ...(concept?.system === undefined ? {} : { system: concept.system }),
    ...(concept?.code === undefined ? {} : { code: concept.code }),
    ...(concept?.display === undefined ? {} : { display: concept.display }),
    ...(source === undefined ? {} : { map: source }),
  }
}
