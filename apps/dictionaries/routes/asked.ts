/** Who asks for which dictionary, and reading what is asked; each look is decided and leaves an entry. */
import type { Kernel } from '@xinglin/app'
import type { Actor } from '@xinglin/identity'
import { requireActor } from '@xinglin/web'
import type { FastifyRequest } from 'fastify'
import { optionalText, wrong } from '../commands/input.ts'
import { dictionaryPermissions } from '../contract.ts'
import { type DictionaryRow, dictionaryOf } from '../queries/rows.ts'

export type OfDictionary = { Params: { key: string } }

/** Decides and audits the look; throws `notFound` where there is no such dictionary. */
export async function asker(
  { identity, database }: Kernel,
  request: FastifyRequest<OfDictionary>,
  permission: string = dictionaryPermissions.read,
): Promise<{ readonly actor: Actor; readonly dictionary: DictionaryRow }> {
  const actor = requireActor(request)
  identity.demand(actor, { kind: 'permission', permission })
  const dictionary = await dictionaryOf(database, { tenant: actor.tenant, dictionary: request.params.key })
  await identity.audit(actor, { action: permission, outcome: 'allowed', detail: dictionary.key })
  return { actor, dictionary }
}

export function neededText(query: unknown, field: string): string {
  const text = optionalText(query, field)
  if (text !== undefined) return text
  throw wrong(field, `say ${field}`)
}
