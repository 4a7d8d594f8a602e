/** `/api/app-registry/apps`: one registers, another decides. */
import type { Kernel } from '@xinglin/app'
import type { RegisteredApp } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type { AppRow, AppsAnswer, LaunchableAnswer } from '../contract.ts'
import { choiceOf, optionalKeysOf, optionalTextOf, textOf, textsOf } from './input.ts'

const kinds = ['public', 'confidential', 'service'] as const
const verbs = ['approve', 'reject', 'suspend'] as const

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
      name: textOf(body, 'name'),
      publisher: textOf(body, 'publisher'),
      purpose: textOf(body, 'purpose'),
      kind: choiceOf(body, 'kind', kinds),
      launchUrl: optionalTextOf(body, 'launchUrl'),
      redirectUris: textsOf(body, 'redirectUris'),
      scopes: textsOf(body, 'scopes'),
      jwks: optionalKeysOf(body, 'jwks'),
      jwksUri: optionalTextOf(body, 'jwksUri'),
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
    '/launchable',
    async (request): Promise<LaunchableAnswer> => ({
      apps: await apps.launchable(requireActor(request)),
    }),
  )
}

function rowOf({ jwks: _keys, tenant: _tenant, ...app }: RegisteredApp): AppRow {
  return app
}
