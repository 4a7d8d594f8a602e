/** One line about one resource: marked while it is new, opening its source by click or Enter. */
import type { ReactNode } from 'react'
import { useRecord } from './record-place.ts'

type Props = {
  /** `Type/id`. */
  readonly of: string
  readonly name: string
  readonly isQuiet?: boolean
  readonly onOpen?: () => void
  readonly children: ReactNode
}

export function Line({ of, name, isQuiet, onOpen, children }: Props) {
  const { fresh, openSource } = useRecord()
  return (
    <button
      type="button"
      className={`chart-line ${isQuiet ? 'chart-line-quiet' : ''} ${fresh.has(of) ? 'x-fresh' : ''}`}
      onClick={onOpen ?? (() => openSource(of, name))}
    >
      {children}
    </button>
  )
}
