/** The frame of pages before the hospital opens: one question in the middle, language and tone above. */
import type { ReactNode } from 'react'
import { LanguageButton, ToneButton } from './look-buttons.tsx'

export function Gate({ children }: { readonly children: ReactNode }) {
  return (
    <main className="s-gate">
      <div className="s-gate-look">
        <LanguageButton />
        <ToneButton />
      </div>
      <div className="s-gate-box">{children}</div>
    </main>
  )
}
