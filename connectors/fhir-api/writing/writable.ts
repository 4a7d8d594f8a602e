/** Which single writes may share a commit: those that depend on nothing but themselves and are known to be right. */
import type { Kernel } from '@xinglin/app'
import { OutcomeError, referenceTo } from '@xinglin/fhir'
import { interpretResource, isValidResource } from '@xinglin/fhir/validate'
import type { Actor } from '@xinglin/identity'
import type { Change } from '@xinglin/records'
import type { WriteOperation } from './operation.ts'

export type { WriteOperation } from './operation.ts'

export type Writable = {
  readonly change: Change
  /** `Patient/1`: two of the same cannot be in one commit. */
  readonly identity: string
}

/** The change to make; undefined for one with a condition or without the right to it. Throws `invalid` with every issue. */
export function writable(kernel: Kernel, actor: Actor, operation: WriteOperation): Writable | undefined {
  if (operation.kind === 'delete' || operation.kind === 'patch' || isConditional(operation)) return undefined
  const { resource, type } = operation
  if (!isValidResource(resource)) {
    throw new OutcomeError('invalid', {
      resourceType: 'OperationOutcome',
      issue: [...interpretResource(resource)],
    })
  }
  const decision = kernel.identity.decide(actor, { kind: 'record', interaction: operation.kind, type })
  if (!decision.isAllowed) return undefined
  const id = operation.kind === 'create' ? kernel.runtime.newId() : resource.id
  if (id === undefined) return undefined
  const change: Change =
    operation.kind === 'create' ? { kind: 'create', resource, id, isNew: true } : { kind: 'update', resource }
  return { change, identity: referenceTo(type, id) }
}

function isConditional(operation: Extract<WriteOperation, { kind: 'create' | 'update' }>): boolean {
  if (operation.kind === 'create') return operation.unless !== undefined
  return operation.ifVersion !== undefined || !('id' in operation.target)
}
