/** What a directory says (RFC 4511 §4.1.9) as our refusals. */
import { OutcomeError, unauthenticated } from '@xinglin/fhir'
import { ResultCodeError } from 'ldapts'

/** The detail is the name of the result, never what was asked. */
export function refusalOfDirectory(error: unknown): {
  readonly refusal: OutcomeError
  readonly detail?: string
} {
  if (error instanceof OutcomeError) {
    const detail = systemCodeOf(error.cause)
    return { refusal: error, ...(detail === undefined ? {} : { detail }) }
  }
  if (!(error instanceof ResultCodeError)) throw error
  const refusal = unauthenticated('the directory does not answer as it should: look at its settings', {
    code: 'upstream.answer',
    cause: error,
  })
  return { refusal, detail: error.name.replace(/Error$/, '') }
}

/** `ECONNREFUSED`, `CERT_HAS_EXPIRED` and the like. */
function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  return systemCodeOf(error.cause) ?? (/timeout/i.test(error.message) ? 'ETIMEDOUT' : undefined)
}
