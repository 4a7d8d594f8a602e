/** `POST /api/documents/validate`: an XML document judged and forgotten; `…/settings`: who keeps the documents. */
import { type Kernel, runCommand } from '@xinglin/app'
import { CdaError, documentOf, longestDocument, readRoot } from '@xinglin/cda'
import { invalid } from '@xinglin/fhir'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance } from 'fastify'
import {
  documentPermissions as permissions,
  type SettingsAnswer,
  type ValidationAnswer,
} from '../contract.ts'
import { saveSettings, settingsOf } from '../settings/settings.ts'
import { findingsOf } from './documents.ts'

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
  http.get('/settings', async (request): Promise<SettingsAnswer> => {
    const actor = requireActor(request)
    identity.demand(actor, { kind: 'permission', permission: permissions.readSettings })
    return settingsOf(kernel.database, actor.tenant)
  })
  http.put('/settings', (request) => runCommand(kernel)(saveSettings, request.body, requireActor(request)))
}

/** Throws `invalid` (`documents.not-cda`) for a body that is no CDA document. */
export function rootOfBody(body: unknown) {
  if (!Buffer.isBuffer(body))
    throw invalid('send the document as application/xml', { code: 'documents.not-cda' })
  try {
    return readRoot(body.toString('utf8'))
  } catch (error) {
    if (error instanceof CdaError) throw invalid(error.message, { code: 'documents.not-cda', cause: error })
    throw error
  }
}
