/** A field of a form: label, input, help, and the refusal of the server beside it in the words of the page. */
import { type AnswerError, FailureText, type Issue, useWords } from '@xinglin/kit'
import type { ReactNode } from 'react'
import { failureWords } from './failure-words.ts'

type FailureCode = keyof typeof failureWords.zh

/** The sentence of an issue: ours where the code is known, else the server's. */
export function useFailureSentence(): (issue: Issue) => string {
  const say = useWords(failureWords)
  return ({ errorCode, text }) => (isKnown(errorCode) ? say(errorCode) : text)
}

function isKnown(code: string | undefined): code is FailureCode {
  return code !== undefined && Object.hasOwn(failureWords.zh, code)
}

type FieldProps = {
  readonly label: string
  /** Name of the field in the server's `at`. */
  readonly name: string
  readonly help?: string
  readonly error?: AnswerError
  readonly children: ReactNode
}

export function Field({ label, name, help, error, children }: FieldProps) {
  const sentenceOf = useFailureSentence()
  const issue = error?.issues.find(({ at }) => at === name)
  return (
    <div className="a-field">
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is the child. */}
      <label>
        <span className="a-label">{label}</span>
        {children}
      </label>
      {issue ? (
        <p className="x-red" role="alert">
          {sentenceOf(issue)}
        </p>
      ) : null}
      {help && !issue ? <p className="x-quiet">{help}</p> : null}
    </div>
  )
}

/** What the server refused that belongs to none of the fields. */
export function FormFailure({
  error,
  fields,
}: {
  readonly error?: AnswerError
  readonly fields: readonly string[]
}) {
  const sentenceOf = useFailureSentence()
  if (!error) return null
  const others = error.issues.filter(({ at }) => at === undefined || !fields.includes(at))
  if (error.issues.length > 0 && others.length === 0) return null
  return (
    <div className="x-red" role="alert">
      {others.length === 0 ? (
        <FailureText error={error} />
      ) : (
        others.map((issue) => <p key={issue.text}>{sentenceOf(issue)}</p>)
      )}
    </div>
  )
}
