/** `/api/dictionaries`: the mapping workbench – terminologies to map to, the work list, what an entry may be, and names that agree. */
import { type Kernel, runCommand } from '@xinglin/app'
import { notFound } from '@xinglin/fhir'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { choiceOf, optionalText, textOf } from '../commands/input.ts'
import { proposeByName } from '../commands/mappings.ts'
import {
  type ByNameAnswer,
  dictionaryPermissions,
  type MappingsAnswer,
  type SuggestionsAnswer,
  type TargetsAnswer,
} from '../contract.ts'
import { sameNames, suggestionsFor } from '../mapping/suggest.ts'
import { textOfEntry } from '../queries/entries.ts'
import { mappingsOf } from '../queries/mappings.ts'
import { asker, neededText, type OfDictionary } from './asked.ts'

const permission = dictionaryPermissions.map
const amongs = ['all', 'none', 'proposed', 'reviewed'] as const

export function mappingRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { database, identity, terminology } = kernel
  http.get('/targets', async (request): Promise<TargetsAnswer> => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission })
    const held = await terminology.holdings(actor.tenant, 'CodeSystem')
    // An imported system says that its resource holds no concepts: they stand in a table of their own.
    const targets = held.flatMap(({ url, title, name, status, content, count = 0 }) =>
      url !== undefined && status === 'active' && (content === 'complete' || count > 0)
        ? [{ url, title: title ?? name ?? url }]
        : [],
    )
    return { targets: [...new Map(targets.map((target) => [target.url, target])).values()] }
  })
  http.get<OfDictionary>('/dictionaries/:key/mappings', async (request): Promise<MappingsAnswer> => {
    const { actor, dictionary } = await asker(kernel, request)
    return mappingsOf(database, {
      ...{ tenant: actor.tenant, dictionary: dictionary.key, actor: actor.reference },
      target: neededText(request.query, 'target'),
      among: choiceOf({ among: 'all', ...Object(request.query) }, 'among', amongs),
      after: optionalText(request.query, 'after'),
    })
  })
  http.get<OfDictionary>('/dictionaries/:key/suggestions', async (request): Promise<SuggestionsAnswer> => {
    const { actor, dictionary } = await asker(kernel, request, permission)
    const code = neededText(request.query, 'code')
    const text = await textOfEntry(database, { tenant: actor.tenant, dictionary: dictionary.key, code })
    if (!text)
      throw notFound(`the dictionary has no entry ${code}`, { code: 'dictionaries.no-entry', at: 'code' })
    const target = neededText(request.query, 'target')
    const words = optionalText(request.query, 'words', 200)
    return { suggestions: await suggestionsFor(kernel, { tenant: actor.tenant, target, text, words }) }
  })
  http.post<OfDictionary>('/dictionaries/:key/mappings/by-name', async (request): Promise<ByNameAnswer> => {
    const { actor, dictionary } = await asker(kernel, request, permission)
    const target = textOf(request.body, 'target')
    const which = { tenant: actor.tenant, dictionary: dictionary.key, target }
    const after = optionalText(request.body, 'after') ?? ''
    const { looked, named, next } = await sameNames(kernel, { ...which, after })
    const command = proposeByName({ dictionary: dictionary.key, target, proposals: named })
    const proposed = await runCommand(kernel)(command, { dictionary: dictionary.key }, actor)
    return { looked, proposed, ...(next === undefined ? {} : { next }) }
  })
}
