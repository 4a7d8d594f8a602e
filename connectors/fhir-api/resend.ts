/** The resend button of the journal: a refused FHIR request is processed again from its stored bytes. */
import type { Kernel } from '@xinglin/app'
import { OutcomeError, unsupported } from '@xinglin/fhir'
import type { MessageId } from '@xinglin/traffic'
import { parseBody } from './http/bodies.ts'
import { plainJson } from './http/negotiate.ts'
import type { FhirRequest } from './http/request.ts'
import { bundle } from './http/routes.ts'
import { write } from './interactions/write.ts'
import { createGroup } from './writing/group.ts'
import { refusal, type Trace, versionReference } from './writing/journalled.ts'

/** Headers are not kept, so what depended on one (If-Match, If-None-Exist) or on a query is refused, not guessed. */
export function installResend(kernel: Kernel): void {
  const writing = { kernel, group: createGroup(kernel) }
  kernel.traffic.onResend('fhir', async (message, raw) => {
    const request = requestOf(kernel, message.subject, message.tenant)
    const trace = traceOfMessage(kernel, message.id)
    try {
      const body = parseBody(raw)
      await (isBundle(body) ? bundle(kernel, request, body, trace) : write(writing, request, body, trace))
    } catch (error) {
      if (!(error instanceof OutcomeError) || error.failure === 'fault') throw error
      await trace.refused(error)
    }
  })
}

/** Only a batch or transaction is sent to the base address; any other Bundle is a resource to be stored. */
function isBundle(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !('resourceType' in body) || !('type' in body))
    return false
  return body.resourceType === 'Bundle' && (body.type === 'batch' || body.type === 'transaction')
}

function requestOf(kernel: Kernel, subject: string, tenant: FhirRequest['actor']['tenant']): FhirRequest {
  // An operation is called again by who knows its parameters: only writes of resources are here.
  const match = /^(POST|PUT|PATCH|DELETE) ([^\s$]+)$/.exec(subject)
  if (!match?.[1] || !match[2])
    throw unsupported('this request cannot be processed again', { code: 'fhir-api.no-resend' })
  return {
    actor: kernel.identity.systemActor('fhir-api', tenant),
    baseUrl: '',
    method: match[1],
    path: match[2],
    query: [],
    conditions: {},
    prefer: 'minimal',
    handling: 'strict',
    isAsync: false,
    form: plainJson,
    hasForm: false,
  }
}

function traceOfMessage(kernel: Kernel, id: MessageId): Trace {
  return {
    accepted: (unit, made) =>
      kernel.traffic.settle(id, { outcome: 'accepted', made: made.map(versionReference) }, unit),
    acceptedAlone: (made) => kernel.traffic.settle(id, { outcome: 'accepted', made }),
    refused: (error) => kernel.traffic.settle(id, refusal(error)),
  }
}
