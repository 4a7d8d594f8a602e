/** Where in a Bundle a refusal belongs: one that names no place in it gets that of its entry, so that its sender finds it. */
import { OutcomeError } from '@xinglin/fhir'

/** Runs `work` for the entry at `place` (`Bundle.entry[3]`); undefined for a request of its own. */
export async function inEntry<T>(place: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw placed(error, place)
  }
}

/** The same for work that does not wait. */
export function atEntry<T>(place: string | undefined, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw placed(error, place)
  }
}

function placed(error: unknown, place: string | undefined): unknown {
  if (place === undefined || !(error instanceof OutcomeError) || error.failure === 'fault') return error
  const issue = error.outcome.issue.map((each) => {
    const isPlaced = each.expression?.some((at) => at.startsWith('Bundle.entry['))
    return isPlaced ? each : { ...each, expression: [place] }
  })
  return new OutcomeError(
    error.failure,
    { resourceType: 'OperationOutcome', issue },
    { cause: error, values: error.values },
  )
}
