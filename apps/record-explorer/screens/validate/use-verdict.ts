/** R4 resource-operation-validate.html, asked by an act: the issues of a text, beside the text that was judged. */
import { type AnswerError, type Issue, issuesOf } from '@xinglin/kit'
import { useCallback, useState } from 'react'
import { asAnswerError, askDoor } from '../fhir/door.ts'

export type Judgement = { readonly text: string; readonly issues: readonly Issue[]; readonly tookMs: number }
type Question = {
  readonly text: string
  readonly type: string
  readonly mode: 'profile' | 'create' | 'update'
  readonly profile: string
}
type State = { readonly isRunning: boolean; readonly judged?: Judgement; readonly error?: AnswerError }

/** The last judgement and the way to ask for one; a question while one is running waits for nothing and is dropped. */
export function useVerdict(): State & { readonly ask: (question: Question) => Promise<void> } {
  const [state, setState] = useState<State>({ isRunning: false })
  const ask = useCallback(async ({ text, type, mode, profile }: Question) => {
    setState((present) => ({ ...present, isRunning: true }))
    const asked = new URLSearchParams([
      ...(mode === 'profile' ? [] : [['mode', mode] as [string, string]]),
      ...(profile === '' ? [] : [['profile', profile] as [string, string]]),
    ])
    const path = asked.size > 0 ? `${type}/$validate?${asked}` : `${type}/$validate`
    await askDoor({ path, body: text }).then(
      (told) =>
        setState({ isRunning: false, judged: { text, issues: issuesOf(told.text), tookMs: told.tookMs } }),
      (error: unknown) => setState({ isRunning: false, error: asAnswerError(error) }),
    )
  }, [])
  return { ...state, ask }
}
