/** A patch that names no version is meant for whatever stands: where another write overtakes it, it is made again after that. */
import { OutcomeError } from '@xinglin/fhir'
import type { WriteOperation } from './operation.ts'

/** Others may write between reading and writing; who is overtaken three times running is told. */
const mostAttempts = 3

/** Runs `work`, again where a write of somebody else came between a patch's reading and writing. */
export async function afterOthers<T>(
  operations: readonly WriteOperation[],
  work: () => Promise<T>,
): Promise<T> {
  const isOpen =
    operations.some(({ kind }) => kind === 'patch') &&
    operations.every((operation) => operation.kind === 'create' || operation.ifVersion === undefined)
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const isOvertaken = isOpen && error instanceof OutcomeError && error.failure === 'stale'
      if (!isOvertaken || attempt === mostAttempts) throw error
    }
  }
}
