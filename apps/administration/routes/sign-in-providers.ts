/** `/api/administration/sign-in-providers`: the institution's own sign-in, its groups, its people and its failures. */
import type { Kernel } from '@xinglin/app'
import type { ListedProvider } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type {
  LinkedPeopleAnswer,
  MappingPreview,
  MappingsAnswer,
  ProbeAnswer,
  SignInFailuresAnswer,
  SignInProviderRow,
  SignInProvidersAnswer,
} from '../sign-in-contract.ts'
import { reasonedAct } from './acts.ts'
import { optionalTextOf, textOf, textsOf } from './input.ts'
import { mappingsIn, providerIn } from './sign-in-input.ts'

const path = '/sign-in-providers'
type Of = { readonly Params: { readonly id: string } }

export function signInProviderRoutes(http: FastifyInstance, { identity }: Kernel): void {
  const { upstream } = identity
  http.get(path, async (request): Promise<SignInProvidersAnswer> => {
    const providers = await upstream.list(requireActor(request))
    return { providers: providers.map(rowOf) }
  })
  http.put<Of>(`${path}/:id`, async (request, reply) => {
    await upstream.save(requireActor(request), providerIn(request.params.id, request.body))
    return reply.code(204).send()
  })
  reasonedAct(http, `${path}/:id/remove`, (by, act) => upstream.remove(by, act))

  http.get<Of>(`${path}/:id/mappings`, async (request): Promise<MappingsAnswer> => {
    return { mappings: await upstream.mappings(requireActor(request), request.params.id) }
  })
  reasonedAct(http, `${path}/:id/mappings`, (by, act, body) =>
    upstream.setMappings(by, { ...act, mappings: mappingsIn(body) }),
  )
  http.post<Of>(`${path}/:id/preview`, async (request): Promise<MappingPreview> => {
    const { body, params } = request
    return upstream.preview(requireActor(request), {
      ...{ id: params.id, groups: textsOf(body, 'groups'), mappings: mappingsIn(body) },
    })
  })
  http.post<Of>(`${path}/:id/probe`, async (request): Promise<ProbeAnswer> => {
    const login = optionalTextOf(request.body, 'login')
    return upstream.probe(requireActor(request), {
      id: request.params.id,
      ...(login === undefined ? {} : { login }),
    })
  })

  http.get<Of>(`${path}/:id/failures`, async (request): Promise<SignInFailuresAnswer> => {
    return { failures: await upstream.failures(requireActor(request), request.params.id) }
  })
  http.get<Of>(`${path}/:id/people`, async (request): Promise<LinkedPeopleAnswer> => {
    return { people: await upstream.people(requireActor(request), request.params.id) }
  })
  reasonedAct(http, `${path}/:id/invite`, (by, act, body) =>
    upstream.invite(by, { ...act, login: textOf(body, 'login') }),
  )
  reasonedAct(http, `${path}/:id/unlink`, (by, act, body) =>
    upstream.unlink(by, { ...act, account: textOf(body, 'account') }),
  )
}

function rowOf({ settings, ...provider }: ListedProvider): SignInProviderRow {
  return { ...provider, settings: { ...settings } }
}
