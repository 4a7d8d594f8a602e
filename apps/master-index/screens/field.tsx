/** A labelled control of a form. */
import type { ReactNode } from 'react'

export function Field({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child.
    <label className="mi-field">
      <span>{label}</span>
      {children}
    </label>
  )
}
