/** R5 fhirPathCriteria: an expression over `%previous` and `%current`, by HL7's own FHIRPath, loaded when a topic has one. */
import { invalid, type Resource } from '@xinglin/fhir'

/** True where the expression gives exactly true. */
export type FhirPathTest = (change: {
  readonly previous: Resource | undefined
  readonly current: Resource | undefined
}) => boolean

/** Compiles an expression; throws `invalid` where it is no FHIRPath. */
export async function compileFhirPath(expression: string): Promise<FhirPathTest> {
  // 60 ms and 30 MB that an institution without such topics does not spend.
  const [{ default: fhirpath }, { default: r4 }] = await Promise.all([
    import('fhirpath'),
    import('fhirpath/fhir-context/r4/index.js'),
  ])
  try {
    const evaluate = fhirpath.compile(expression, r4)
    return ({ previous, current }) =>
      isTrue(() => evaluate(current ?? previous ?? {}, { previous: previous ?? [], current: current ?? [] }))
  } catch (cause) {
    throw invalid('the fhirPathCriteria of the topic is no FHIRPath expression', {
      code: 'subscription.topic',
      at: 'Basic.extension',
      cause,
    })
  }
}

/** An expression that cannot be evaluated for a resource (two values where one is needed) is not true of it. */
function isTrue(evaluate: () => unknown): boolean {
  try {
    const answer = evaluate()
    return Array.isArray(answer) && answer.length === 1 && answer[0] === true
  } catch (error) {
    if (error instanceof Error) return false
    throw error
  }
}
