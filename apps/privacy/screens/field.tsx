/** A labelled control of a form. */
import type { ReactNode } from 'react'

type Props = { readonly label: string; readonly help?: string; readonly children: ReactNode }

export function Field({ label, help, children }: Props) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child.
    <label className="privacy-field">
      <span>{label}</span>
      {children}
      {help ? <span className="x-quiet">{help}</span> : null}
    </label>
  )
}
