/** A field with its name above it and, below it, what was said against its value. */
import type { AnswerError } from '@xinglin/kit'
import { type ReactNode, useId } from 'react'

type Props = {
  readonly label: string
  /** Parameter of the request that the field writes, and the refusal of that request. */
  readonly parameter?: string
  readonly error?: AnswerError | undefined
  readonly help?: ReactNode
  readonly children: (id: string) => ReactNode
}

export function FormField({ label, parameter, error, help, children }: Props) {
  const id = useId()
  const issues = parameter ? (error?.issues ?? []).filter(({ at }) => at === parameter) : []
  return (
    <div className="rx-labelled">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {help ? <p className="x-quiet">{help}</p> : null}
      {issues.map(({ text }) => (
        <p key={text} className="x-red" role="alert">
          {text}
        </p>
      ))}
    </div>
  )
}

/** What was refused that belongs to none of the fields. */
export function isElsewhere(error: AnswerError | undefined, parameters: readonly string[]): boolean {
  return error !== undefined && !error.issues.some(({ at }) => at !== undefined && parameters.includes(at))
}
