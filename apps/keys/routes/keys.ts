/** `/api/keys`: the hierarchy, what lies under each key, and changes of keys by step-up, reason and, where separated, two. */
import type { Kernel } from '@xinglin/app'
import { forbidden, invalid } from '@xinglin/fhir'
import type { Actor } from '@xinglin/identity'
import type { KeyAct } from '@xinglin/keys'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type AskedChange, type CountAnswer, type KeysAnswer, permissions } from '../contract.ts'
import { hierarchyOf } from '../hierarchy.ts'

const acts: readonly KeyAct[] = ['rotate', 'wrap', 'retire']
/** Keys seal for all institutions of the installation; the first one keeps them. */
const keeper = 1

export function keyRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { identity, keys, database } = kernel
  const change = changes(kernel)
  const look = async <T>(request: FastifyRequest, detail: string, get: () => Promise<T>): Promise<T> => {
    const actor = keeperOf(request)
    const permission = permissions.read
    identity.demand(actor, { kind: 'permission', permission })
    const answer = await get()
    await identity.audit(actor, { action: permission, outcome: 'allowed', detail })
    return answer
  }
  http.get('/hierarchy', (request) =>
    look<KeysAnswer>(request, 'hierarchy', () => hierarchyOf(keys, database)),
  )
  http.get<{ Params: { purpose: string } }>('/purposes/:purpose/count', (request) =>
    look<CountAnswer>(request, 'count', async () => ({
      counts: await keys.rotations.count(database, request.params.purpose),
    })),
  )
  http.post('/rotations', async (request, reply) => {
    const actor = keeperOf(request)
    identity.demand(actor, { kind: 'permission', permission: permissions.rotate })
    identity.demandStepUp(actor)
    const asked = askedOf(request.body)
    const carried = await change[asked.act](actor, asked)
    return carried ? reply.code(202).send(carried) : reply.code(204).send()
  })
}

/** Each act with its own name in proposals, so that who approves knows what is lost by it. */
function changes({ identity, keys, jobs, runtime }: Kernel) {
  const guarded = (kind: 'keys.rotate' | 'keys.retire') =>
    identity.changeByTwo<AskedChange>({
      kind,
      permission: permissions.rotate,
      event: 'identity.keys-changed',
      subject: ({ act, purpose }) => ({
        type: 'Key',
        id: act === 'wrap' ? 'key-encryption' : purpose.slice(0, 64),
      }),
      async before(from, asked) {
        await keys.rotations.refuse(from, asked)
        const states = await keys.states()
        const current = states.filter(({ purpose, isCurrent }) => isCurrent && purpose === asked.purpose)
        return { versions: current.map(({ id }) => id) }
      },
      async work(transaction, by: Actor, { act, purpose, reason }) {
        const asked = { act, purpose, reason, actor: by.reference, display: by.display, at: runtime.now() }
        const rotation = await keys.rotations.ask(transaction, asked)
        const task = 'keys.rotation'
        await jobs.enqueue(transaction, { task, payload: { rotation }, queue: task })
      },
    })
  const rotate = guarded('keys.rotate')
  return { rotate, wrap: rotate, retire: guarded('keys.retire') } satisfies Record<KeyAct, typeof rotate>
}

function keeperOf(request: FastifyRequest): Actor {
  const actor = requireActor(request)
  if (actor.tenant === keeper) return actor
  throw forbidden('the keys belong to the whole installation; its first institution keeps them', {
    code: 'keys.other-institution',
  })
}

function askedOf(body: unknown): AskedChange {
  const {
    act,
    purpose = '',
    reason,
  } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const known = acts.find((each) => each === act)
  if (!known) throw invalid(`act is one of ${acts.join(', ')}`, { code: 'keys.field', at: 'act' })
  if (typeof purpose !== 'string' || purpose.length > 100 || (known === 'wrap') !== (purpose === ''))
    throw invalid('purpose names the keys; key-encryption keys have none', {
      code: 'keys.field',
      at: 'purpose',
    })
  if (typeof reason !== 'string') throw invalid('say why', { code: 'keys.field', at: 'reason' })
  return { act: known, purpose, reason }
}
