/** FHIR R4 operations.html: what an operation of this door is, and one call of it. */
import type { Kernel } from '@xinglin/app'
import type { ResourceType } from '@xinglin/fhir'
import type { GuardedRecords } from '@xinglin/identity'
import type { PatientMatcher } from '@xinglin/master-index/contract'
import type { Answer } from '../http/answer.ts'
import type { FhirRequest } from '../http/request.ts'
import type { Trace } from '../writing/journalled.ts'
import type { Parameters } from './parameters.ts'

export type OperationLevel = 'system' | 'type' | 'instance'

export type Operation = {
  /** Without `$`. */
  readonly name: string
  /** Canonical url of its OperationDefinition. */
  readonly definition: string
  readonly levels: readonly OperationLevel[]
  /** Types on which it can be called; absent for all. */
  readonly types?: readonly ResourceType[]
  /** Changes the record: by POST only, and journalled like a write (§3.2.0.1). */
  readonly isWriting: boolean
  /** A body may also be a resource of its own instead of Parameters (§3.2.0.2). */
  readonly takesResource?: boolean
  answer(call: OperationCall): Promise<Answer>
}

export type OperationCall = {
  readonly kernel: Kernel
  /** The record as the caller may use it. */
  readonly records: GuardedRecords
  readonly request: FhirRequest
  readonly level: OperationLevel
  /** Of the address; present on type and instance level. */
  readonly type?: ResourceType
  /** Of the address; present on instance level. */
  readonly id?: string
  /** From the query and from a Parameters resource in the body, in order. */
  readonly parameters: Parameters
  /** The body as it came; undefined for GET. */
  readonly body: unknown
  /** Journal of the request, for operations that write. */
  readonly trace: Trace
  /** Where inputs of an import may be fetched. */
  readonly importOrigins: readonly string[]
  /** Finds who a described person may be; absent where there is no master index. */
  readonly matcher?: PatientMatcher
}
