/** http.html §3.1.0.8 create, §3.1.0.7 update, §3.1.0.8 patch, §3.1.0.9 delete: one write, one transaction, one journal entry. */
import type { Kernel } from '@xinglin/app'
import type { OperationOutcome } from '@xinglin/fhir'
import type { Version } from '@xinglin/records'
import type { Answer } from '../http/answer.ts'
import type { FhirRequest } from '../http/request.ts'
import { afterOthers } from '../writing/after-others.ts'
import type { Group } from '../writing/group.ts'
import type { Trace } from '../writing/journalled.ts'
import { readOperation } from '../writing/operation.ts'
import { type Written, writeAll } from '../writing/write.ts'

export type Writing = { readonly kernel: Kernel; readonly group: Group }

export async function write(
  { kernel, group }: Writing,
  request: FhirRequest,
  body: unknown,
  trace: Trace,
): Promise<Answer> {
  const { actor, method, path, query, conditions } = request
  const operation = readOperation({ method, path, query, conditions, body })
  const preparing = kernel.profiles.prepare(actor.tenant, [body])
  if (preparing) await preparing
  const shared = trace.arrived && group.write(actor, operation, trace.arrived)
  if (shared) return answerOf({ kind: 'written', version: await shared }, request)
  const written = await afterOthers([operation], () =>
    kernel.identity.recordsFor(actor).commit(async (unit) => {
      const [one] = await writeAll(unit, [{ operation }], kernel.runtime.newId)
      await trace.accepted(unit, one?.kind === 'written' ? [one.version] : [])
      return one
    }),
  )
  return answerOf(written, request)
}

export function answerOf(written: Written | undefined, request: FhirRequest): Answer {
  if (written === undefined || written.kind === 'nothing') return { status: 204 }
  const { version } = written
  if (version.interaction === 'delete') return { status: 204, version }
  const status = written.kind === 'written' ? statusOf(version) : 200
  return { status, version, isLocated: true, body: bodyOf(version, request) }
}

/** 201 for what was not there before, 200 otherwise (§3.1.0.7). */
export function statusOf(version: Version): 200 | 201 {
  return version.interaction === 'create' ? 201 : 200
}

/** §3.1.0.6.2: the resource unless the client wants less. */
function bodyOf(version: Version, { prefer }: FhirRequest): string | undefined {
  if (prefer === 'minimal') return undefined
  return prefer === 'OperationOutcome' ? JSON.stringify(successOf(version)) : version.json
}

const done = { severity: 'information', code: 'informational', diagnostics: 'done' } as const

/** What `Prefer: return=OperationOutcome` gets for a success: that it is one, and what was advised against. */
export function successOf({ warnings = [] }: Version): OperationOutcome {
  return { resourceType: 'OperationOutcome', issue: [done, ...warnings] }
}
