/** `/api/integration/messages`: the list, one message with its raw text, and the command that processes one again. */
import type { Kernel } from '@xinglin/app'
import type { Actor } from '@xinglin/identity'
import type { Message, MessageId } from '@xinglin/traffic'
import type { FastifyInstance } from 'fastify'
import {
  type LineageAnswer,
  type MessageAnswer,
  type MessagesAnswer,
  readPermission,
  resendPermission,
} from '../contract.ts'
import { fieldsOf } from '../queries/lineage.ts'
import { messageAnswer, messageRow, withoutRaw } from '../queries/message.ts'
import { optionalChoiceOf, optionalTextOf, wholeNumberOf } from './input.ts'
import { idOf, permitted, unknownMessage } from './permitted.ts'

const usualMessages = 100
const mostMessages = 500

export function messageRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { traffic } = kernel
  http.get('/messages', async (request): Promise<MessagesAnswer> => {
    const actor = await permitted(kernel, request, { permission: readPermission })
    const limit = wholeNumberOf(request.query, 'limit', { usual: usualMessages, most: mostMessages })
    const messages = await traffic.list({ tenant: actor.tenant, limit, ...filtersOf(request.query) })
    const last = messages.at(-1)
    return {
      messages: messages.map(messageRow),
      ...(messages.length === limit && last ? { next: last.id } : {}),
    }
  })
  http.get('/messages/:id', async (request): Promise<MessageAnswer> => {
    const id = idOf(request)
    const actor = await permitted(kernel, request, { permission: readPermission, subject: id })
    const found = await traffic.read(actor.tenant, id)
    if (!found) throw unknownMessage()
    return shown(kernel, actor, messageAnswer(found.message, found.raw))
  })
  http.get('/messages/:id/lineage', async (request): Promise<LineageAnswer> => {
    const id = idOf(request)
    const actor = await permitted(kernel, request, { permission: readPermission, subject: id })
    const masked = await kernel.identity.masking.fieldsOf(actor)
    const explained = masked.size > 0 ? undefined : await traffic.explain(actor.tenant, id)
    return { fields: explained ? fieldsOf(explained) : [] }
  })
  http.post('/messages/:id/resend', async (request): Promise<MessageAnswer> => {
    const id = idOf(request)
    const actor = await permitted(kernel, request, { permission: resendPermission, subject: id })
    const message: Message = await traffic.resend(actor.tenant, id)
    const found = await traffic.read(actor.tenant, id)
    return shown(kernel, actor, messageAnswer(message, found?.raw ?? new Uint8Array()))
  })
}

async function shown({ identity }: Kernel, actor: Actor, message: MessageAnswer): Promise<MessageAnswer> {
  const fields = await identity.masking.fieldsOf(actor)
  return fields.size > 0 ? withoutRaw(message) : message
}

function filtersOf(query: unknown) {
  const before = optionalTextOf(query, 'before')
  return {
    door: optionalChoiceOf(query, 'door', ['fhir', 'hl7v2', 'dicom', 'interface']),
    outcome: optionalChoiceOf(query, 'outcome', ['received', 'accepted', 'refused']),
    sender: optionalTextOf(query, 'sender'),
    text: optionalTextOf(query, 'text'),
    // Numbers of the journal only: anything else is no place in it.
    ...(before && /^\d{1,18}$/.test(before) ? { before: before as MessageId } : {}),
  }
}
