/** `/api/access`: policies as administrators keep them, and the answer to why somebody sees a resource or not. */
import type { Kernel } from '@xinglin/app'
import { invalid } from '@xinglin/fhir'
import { isResourceType } from '@xinglin/fhir/search'
import { type Policy, patientScopes } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import type { PoliciesAnswer, TrialAnswer, VersionsAnswer, WhyAnswer } from '../contract.ts'

export function policyRoutes(http: FastifyInstance, { identity }: Kernel): void {
  http.get('/policies', async (request): Promise<PoliciesAnswer> => {
    const actor = requireActor(request)
    const policies = await identity.policies.list(actor)
    const [roles, removed] = await Promise.all([
      identity.policies.roles(actor),
      identity.policies.removed(actor),
    ])
    return { policies, removed, roles }
  })
  http.put<{ Params: { id: string } }>('/policies/:id', async (request, reply) => {
    const policy = policyOf(request.params.id, request.body)
    const reason = textOf(request.body, 'reason')
    const carried = await identity.policies.save(requireActor(request), { policy, reason })
    return carried ? reply.code(202).send(carried) : reply.code(204).send()
  })
  http.post<{ Params: { id: string } }>('/policies/:id/removal', async (request, reply) => {
    const { id } = request.params
    const reason = textOf(request.body, 'reason')
    const carried = await identity.policies.remove(requireActor(request), { id, reason })
    return carried ? reply.code(202).send(carried) : reply.code(204).send()
  })
  http.get<{ Params: { id: string } }>('/policies/:id/versions', async (request): Promise<VersionsAnswer> => {
    return { versions: await identity.policies.versions(requireActor(request), request.params.id) }
  })
  http.post<{ Params: { id: string } }>('/policies/:id/trial', (request): Promise<TrialAnswer> => {
    return identity.tryPolicy(requireActor(request), policyOf(request.params.id, request.body))
  })
  http.post('/why', (request): Promise<WhyAnswer> => {
    const type = textOf(request.body, 'type')
    const interaction = textOf(request.body, 'interaction')
    if (!isResourceType(type)) throw wrong('type', 'a resource type')
    if (interaction !== 'read' && interaction !== 'update' && interaction !== 'delete')
      throw wrong('interaction', 'read, update or delete')
    const purpose = memberOf(request.body, 'purpose')
    const draft = memberOf(request.body, 'draft')
    return identity.explain(requireActor(request), {
      ...{ type, interaction },
      actor: textOf(request.body, 'actor'),
      id: textOf(request.body, 'id'),
      ...(typeof purpose === 'string' && purpose !== '' ? { purpose } : {}),
      ...(draft === undefined ? {} : { draft: policyOf(textOf(draft, 'id'), draft) }),
    })
  })
}

function policyOf(id: string, body: unknown): Policy {
  const patients = patientScopes.find((scope) => scope === memberOf(body, 'patients'))
  if (!patients) throw wrong('patients', patientScopes.join(', '))
  const title = memberOf(body, 'title')
  return {
    ...{ id, patients },
    title: { zh: textOf(title, 'zh'), en: textOf(title, 'en') },
    role: textOf(body, 'role'),
    types: textsOf(body, 'types'),
    interactions: textOf(body, 'interactions'),
    afterDays: numberOf(body, 'afterDays'),
    purposes: textsOf(body, 'purposes'),
    hidden: textsOf(body, 'hidden'),
    isActive: memberOf(body, 'isActive') === true,
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
}

function textOf(body: unknown, name: string): string {
  const text = memberOf(body, name)
  if (typeof text === 'string') return text.trim()
  throw wrong(name, 'a text')
}

function textsOf(body: unknown, name: string): readonly string[] {
  const texts = memberOf(body, name)
  if (Array.isArray(texts) && texts.every((text) => typeof text === 'string')) return texts
  throw wrong(name, 'a list of texts')
}

function numberOf(body: unknown, name: string): number {
  const number = memberOf(body, name)
  if (typeof number === 'number') return number
  throw wrong(name, 'a number')
}

function wrong(at: string, wanted: string) {
  return invalid(`${at} must be ${wanted}`, { code: 'access.field', at })
}
