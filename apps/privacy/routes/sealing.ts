/** `/api/privacy/sealing`: which fields of the record are encrypted where they are stored, and how far that is carried out. */
import type { Kernel } from '@xinglin/app'
import { sealableElements, usualSealedFields } from '@xinglin/records'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import { privacyPermissions, type SealingAnswer } from '../contract.ts'
import { optionalTextsOf, textOf } from './input.ts'

/** What `kernel/records/sealed` seals by. */
const keyPurpose = 'records.sealed'

export function sealingRoutes(http: FastifyInstance, { identity, records, keys }: Kernel): void {
  http.get('/sealing', async (request): Promise<SealingAnswer> => {
    const actor = requireActor(request)
    const permission = privacyPermissions.readSealing
    identity.demand(actor, { kind: 'permission', permission })
    const choices = await records.sealing.statuses(actor.tenant)
    await identity.audit(actor, { action: permission, outcome: 'allowed' })
    return { choices, elements: sealableElements, usual: usualSealedFields }
  })
  http.post('/sealing', async (request, reply) => {
    const actor = requireActor(request)
    const permission = privacyPermissions.writeSealing
    identity.demand(actor, { kind: 'permission', permission })
    identity.demandStepUp(actor)
    const { body } = request
    const systems = optionalTextsOf(body, 'systems') ?? []
    const elements = optionalTextsOf(body, 'elements') ?? []
    const reason = textOf(body, 'reason')
    const [before] = await records.sealing.statuses(actor.tenant)
    // The same choice again is a change of keys: everything is sealed anew by the newest.
    if (before && isSame(before, { systems, elements })) await keys.rotate(keyPurpose)
    const author = { tenant: actor.tenant, actor: actor.reference }
    const version = await records.sealing.choose(author, { systems, elements, reason })
    const detail = `choice ${version}: ${[...systems, ...elements].join(', ') || 'nothing'} sealed · ${reason}`
    await identity.audit(actor, { action: permission, outcome: 'allowed', detail: detail.slice(0, 500) })
    return reply.code(201).send({ version })
  })
}

type Fields = { readonly systems: readonly string[]; readonly elements: readonly string[] }

function isSame(one: Fields, other: Fields): boolean {
  const textOfFields = ({ systems, elements }: Fields) =>
    JSON.stringify([systems.toSorted(), elements.toSorted()])
  return textOfFields(one) === textOfFields(other)
}
