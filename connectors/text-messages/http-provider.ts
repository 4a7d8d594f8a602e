/**
 * A provider of text messages behind a plain HTTP address: POST of `{ id, to, text }` as JSON, a bearer token where one is set,
 * any 2xx means that it took the message. `id` is the same at each try, so that it need not send twice.
 */

/** A gateway answers in a second; one that hangs is tried again. */
const answerLimitMs = 10_000
const mostAnswerCharacters = 4_096

export type Text = { readonly id: string; readonly to: string; readonly text: string }

/** `refused` is final; `busy` may be tried again. */
export type Handed =
  | { readonly kind: 'taken'; readonly providerId?: string }
  | { readonly kind: 'refused' | 'busy'; readonly status: number }

export interface TextProvider {
  /** Throws where the provider cannot be reached. */
  hand(text: Text, signal: AbortSignal): Promise<Handed>
}

/** The provider at an address; redirections are refused: a token goes nowhere else. */
export function httpProvider({
  url,
  token,
}: {
  readonly url: string
  readonly token?: string
}): TextProvider {
  return {
    async hand(text, signal) {
      const answer = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)]),
        headers: {
          'content-type': 'application/json',
          'idempotency-key': text.id,
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        body: JSON.stringify(text),
      })
      const said = (await answer.text()).slice(0, mostAnswerCharacters)
      const { status } = answer
      if (answer.ok) return { kind: 'taken', ...idIn(said) }
      const mayComeAgain = status >= 500 || status === 408 || status === 429
      return { kind: mayComeAgain ? 'busy' : 'refused', status }
    },
  }
}

function idIn(said: string): { readonly providerId?: string } {
  try {
    const parsed: unknown = JSON.parse(said)
    const isObject = typeof parsed === 'object' && parsed !== null
    const id: unknown = isObject ? Reflect.get(parsed, 'id') : undefined
    return typeof id === 'string' ? { providerId: id.slice(0, 100) } : {}
  } catch {
    // A provider may answer in words; that it took the message is said by its status.
    return {}
  }
}
