/** The fields of the forms by which an app is registered and changed. */
import type { AnswerError } from '@xinglin/kit'
import { Select } from 'antd'
import type { ReactNode } from 'react'

/** What apps ask most. */
export const usualScopes =
  'launch launch/patient openid fhirUser profile online_access offline_access patient/*.rs patient/Observation.rs user/*.rs system/*.rs'.split(
    ' ',
  )

type TagsProps = {
  readonly label: string
  readonly value: readonly string[]
  readonly options?: readonly string[]
  readonly onChange: (value: readonly string[]) => void
}

/** A list of texts, Enter after each. */
export function Tags({ label, value, options = [], onChange }: TagsProps) {
  return (
    <Select
      mode="tags"
      className="ar-wide"
      aria-label={label}
      value={[...value]}
      tokenSeparators={[' ']}
      onChange={onChange}
      options={options.map((each) => ({ value: each }))}
    />
  )
}

type FieldProps = {
  readonly label: string
  /** Name of the field in the server's `at`. */
  readonly name: string
  readonly help?: string
  readonly error: AnswerError | undefined
  readonly children: ReactNode
}

/** A control under its name, with what the server said of it. */
export function Field({ label, name, help, error, children }: FieldProps) {
  const issue = error?.issues.find(({ at }) => at === name)
  return (
    <div className="ar-field">
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is the child. */}
      <label>
        <span className="ar-label">{label}</span>
        {children}
      </label>
      {issue ? (
        <p className="x-red" role="alert">
          {issue.text}
        </p>
      ) : null}
      {help && !issue ? <p className="x-quiet">{help}</p> : null}
    </div>
  )
}
