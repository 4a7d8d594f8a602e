/** A FHIR R4 client with an OAuth 2 client-credentials token (RFC 6749 §4.4). */
import { setTimeout as pause } from 'node:timers/promises'
import { fetchToken } from './token.ts'

const maxTries = 60
const retryDelayMs = 1000
/** A token is renewed this long before it runs out. */
const renewalMarginMs = 30_000

export type Answer = { readonly status: number; readonly body: string }

export interface FhirClient {
  /** Posts a transaction or batch to the base; tried again while the platform is away or busy. */
  transact(bundle: object): Promise<Answer>
}

export function createFhirClient(options: {
  baseUrl: string
  clientId: string
  clientSecret: string
}): FhirClient {
  let token: { value: string; endsMs: number } | undefined
  const authorise = async () => {
    if (token && token.endsMs > performance.now() + renewalMarginMs) return token.value
    const { value, lifeMs } = await fetchToken(options.baseUrl, {
      id: options.clientId,
      secret: options.clientSecret,
    })
    token = { value, endsMs: performance.now() + lifeMs }
    return token.value
  }
  const post = async (body: string): Promise<Answer> => {
    const response = await fetch(`${options.baseUrl}/fhir/R4`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await authorise()}`,
        'content-type': 'application/fhir+json',
        prefer: 'return=minimal',
      },
      body,
    })
    return { status: response.status, body: await response.text() }
  }
  return {
    transact: async (bundle) => {
      const body = JSON.stringify(bundle)
      for (let tries = 1; ; tries++) {
        const answer = await post(body).catch((cause: unknown) => cause)
        if (isAnswer(answer) && answer.status !== 429 && answer.status < 500) return answer
        if (tries === maxTries)
          throw new Error('the platform did not take the transaction', { cause: answer })
        await pause(retryDelayMs)
      }
    },
  }
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'status' in value && 'body' in value
}
