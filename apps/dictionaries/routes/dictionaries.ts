/** `/api/dictionaries/dictionaries`: the list, one with its entries and versions, its entries as a file, and who may own one. */
import { type Kernel, runCommand } from '@xinglin/app'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { importEntries } from '../commands/entries.ts'
import { optionalText, wrong } from '../commands/input.ts'
import {
  type ChangesAnswer,
  type DictionariesAnswer,
  type Dictionary,
  dictionaryPermissions,
  type EntriesAnswer,
  type ImportedAnswer,
  type OwnersAnswer,
  type VersionsAnswer,
} from '../contract.ts'
import { entriesCsv, readEntries } from '../files/entries-csv.ts'
import { allEntries, entriesOf } from '../queries/entries.ts'
import { dictionariesOf } from '../queries/list.ts'
import { changesOf, versionsOf } from '../queries/versions.ts'
import { asker, type OfDictionary } from './asked.ts'

const permission = dictionaryPermissions.read
/** People of a house that are offered as owners. */
const mostOwners = 200
/** 20,000 entries with their definitions. */
const mostFileBytes = 16 * 1024 * 1024

export function dictionaryRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { database, identity } = kernel
  http.get('/dictionaries', async (request): Promise<DictionariesAnswer> => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission })
    await identity.audit(actor, { action: permission, outcome: 'allowed', detail: 'all' })
    return { dictionaries: await dictionariesOf(database, actor) }
  })
  http.get('/owners', async (request): Promise<OwnersAnswer> => {
    const people = await identity.people.list(requireActor(request), { limit: mostOwners })
    const active = people.filter(({ disabled }) => disabled === undefined)
    return { owners: active.map(({ login, display }) => ({ login, display })) }
  })
  http.get<OfDictionary>('/dictionaries/:key', async (request): Promise<Dictionary | undefined> => {
    const { actor, dictionary } = await asker(kernel, request)
    return (await dictionariesOf(database, actor, dictionary.key))[0]
  })
  http.get<OfDictionary>('/dictionaries/:key/entries', async (request): Promise<EntriesAnswer> => {
    const { actor, dictionary } = await asker(kernel, request)
    return entriesOf(database, {
      ...{ tenant: actor.tenant, dictionary: dictionary.key },
      text: optionalText(request.query, 'text'),
      isChanged: optionalText(request.query, 'among') === 'changed',
      after: optionalText(request.query, 'after'),
    })
  })
  http.get<OfDictionary>('/dictionaries/:key/versions', async (request): Promise<VersionsAnswer> => {
    const { actor, dictionary } = await asker(kernel, request)
    return versionsOf(database, { tenant: actor.tenant, dictionary: dictionary.key })
  })
  http.get<{ Params: { key: string; number: string } }>(
    '/dictionaries/:key/versions/:number',
    async (request): Promise<ChangesAnswer> => {
      const { actor, dictionary } = await asker(kernel, request)
      const { number } = request.params
      if (!/^\d{1,6}$/.test(number)) throw wrong('number', 'a version is a number')
      return changesOf(database, {
        ...{ tenant: actor.tenant, dictionary: dictionary.key },
        number: Number(number),
      })
    },
  )
  fileRoutes(http, kernel)
}

function fileRoutes(http: FastifyInstance, kernel: Kernel): void {
  http.addContentTypeParser(
    'text/csv',
    { parseAs: 'string', bodyLimit: mostFileBytes },
    (_request, body, done) => done(null, body),
  )
  http.get<OfDictionary>('/dictionaries/:key/entries.csv', async (request, reply) => {
    const { actor, dictionary } = await asker(kernel, request)
    const rows = await allEntries(kernel.database, { tenant: actor.tenant, dictionary: dictionary.key })
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="${dictionary.key}.csv"`)
      .send(entriesCsv(rows))
  })
  http.post<OfDictionary>(
    '/dictionaries/:key/entries.csv',
    { bodyLimit: mostFileBytes },
    async (request): Promise<ImportedAnswer> => {
      const actor = requireActor(request)
      kernel.identity.demand(actor, { kind: 'permission', permission: dictionaryPermissions.write })
      if (typeof request.body !== 'string') throw wrong('content-type', 'send the file as text/csv')
      const entries = readEntries(request.body)
      const { changed } = await runCommand(kernel)(
        importEntries(entries),
        { dictionary: request.params.key },
        actor,
      )
      return { read: entries.length, changed }
    },
  )
}
