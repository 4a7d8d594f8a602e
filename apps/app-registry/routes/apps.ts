/** `/api/app-registry/apps`: one registers, another decides. */
import type { Kernel } from '@xinglin/app'
import type { AboutApp, AppContent, RegisteredApp } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type { AboutAnswer, AppRow, AppsAnswer, ContentShown, LaunchableAnswer } from '../contract.ts'
import { choiceOf, optionalKeysOf, optionalTextOf, textOf, textsOf } from './input.ts'

const kinds = ['public', 'confidential', 'service'] as const
const realms = ['staff', 'patients'] as const
const verbs = ['approve', 'reject', 'suspend'] as const
/** What the second person does with a change. */
const decisions = { approve: 'approveChange', reject: 'rejectChange' } as const

export function appRoutes(http: FastifyInstance, { identity: { apps } }: Kernel): void {
  http.get(
    '/apps',
    async (request): Promise<AppsAnswer> => ({
      apps: (await apps.list(requireActor(request))).map(rowOf),
    }),
  )
  http.post('/apps', async (request, reply) => {
    const { body } = request
    const made = await apps.register(requireActor(request), {
      id: optionalTextOf(body, 'id'),
      kind: choiceOf(body, 'kind', kinds),
      people: optionalTextOf(body, 'people') === undefined ? 'staff' : choiceOf(body, 'people', realms),
      ...contentOf(body),
    })
    return reply.code(201).send(made)
  })
  for (const verb of verbs)
    http.post(`/apps/:id/${verb}`, async (request, reply) => {
      const act = { id: textOf(request.params, 'id'), reason: textOf(request.body, 'reason') }
      await apps[verb](requireActor(request), act)
      return reply.code(204).send()
    })
  http.get(
    '/apps/:id',
    async (request): Promise<AboutAnswer> =>
      aboutOf(await apps.about(requireActor(request), textOf(request.params, 'id'))),
  )
  http.post('/apps/:id/change', async (request, reply) => {
    const act = { id: textOf(request.params, 'id'), reason: textOf(request.body, 'reason') }
    await apps.proposeChange(requireActor(request), { ...act, content: contentOf(request.body) })
    return reply.code(204).send()
  })
  for (const verb of ['approve', 'reject'] as const)
    http.post(`/apps/:id/change/${verb}`, async (request, reply) => {
      const act = { id: textOf(request.params, 'id'), reason: textOf(request.body, 'reason') }
      await apps[decisions[verb]](requireActor(request), act)
      return reply.code(204).send()
    })
  http.get(
    '/launchable',
    async (request): Promise<LaunchableAnswer> => ({
      apps: await apps.launchable(requireActor(request)),
    }),
  )
}

function contentOf(body: unknown): AppContent {
  return {
    name: textOf(body, 'name'),
    publisher: textOf(body, 'publisher'),
    purpose: textOf(body, 'purpose'),
    launchUrl: optionalTextOf(body, 'launchUrl'),
    redirectUris: textsOf(body, 'redirectUris'),
    postLogoutUris: textsOf(body, 'postLogoutUris'),
    scopes: textsOf(body, 'scopes'),
    jwks: optionalKeysOf(body, 'jwks'),
    jwksUri: optionalTextOf(body, 'jwksUri'),
  }
}

/** Keys are shown by their thumbprints. */
function aboutOf({ change, acts, ...about }: AboutApp): AboutAnswer {
  return {
    ...about,
    ...(change ? { change: { ...change, content: shown(change.content) } } : {}),
    acts: acts.map(({ replaced, ...act }) => ({
      ...act,
      ...(replaced ? { replaced: shown(replaced) } : {}),
    })),
  }
}

function shown({ jwks: _keys, ...content }: AppContent): ContentShown {
  return content
}

function rowOf({ jwks: _keys, tenant: _tenant, ...app }: RegisteredApp): AppRow {
  return app
}
