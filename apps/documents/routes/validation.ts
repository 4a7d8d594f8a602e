/** `POST /api/documents/validate`: an XML document judged and forgotten; `…/received`: one kept and read; `…/settings`: who keeps the documents. */
import { type Kernel, runCommand } from '@xinglin/app'
import { documentOf, longestDocument } from '@xinglin/cda'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import {
  documentPermissions as permissions,
  type SettingsAnswer,
  type ValidationAnswer,
} from '../contract.ts'
import { receiveDocument } from '../receive/receive-document.ts'
import { saveSettings, settingsOf } from '../settings/settings.ts'
import { rootOfBody } from './body.ts'
import { findingsOf } from './documents.ts'

/** Kept whole in the record, so smaller than what is judged and forgotten. Bytes. */
const longestReceived = 5_000_000

export function validationRoutes(http: FastifyInstance, kernel: Kernel): void {
  const { identity } = kernel
  http.addContentTypeParser(
    ['text/xml', 'application/xml', 'application/cda+xml', 'application/hl7-cda+xml'],
    { parseAs: 'buffer', bodyLimit: longestDocument },
    async (_request: unknown, body: Buffer) => body,
  )
  http.post('/validate', { bodyLimit: longestDocument }, async (request): Promise<ValidationAnswer> => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: permissions.validate })
    const root = rootOfBody(request.body)
    await identity.audit(actor, {
      action: permissions.validate,
      outcome: 'allowed',
      detail: 'a document judged',
    })
    const { title, code } = documentOf(root)
    return { title: title ?? '', code: code.code ?? '', findings: findingsOf(root) }
  })
  http.post('/received', { bodyLimit: longestReceived }, async (request) =>
    runCommand(kernel)(receiveDocument, { bytes: request.body }, requireActor(request)),
  )
  http.get('/settings', async (request): Promise<SettingsAnswer> => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: permissions.readSettings })
    return settingsOf(kernel.database, actor.tenant)
  })
  http.put('/settings', (request) => runCommand(kernel)(saveSettings, request.body, requireActor(request)))
}
