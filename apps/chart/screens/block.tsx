/** A titled block of the overview, with the way to all of it. */
import { useWords } from '@xinglin/kit'
import type { ReactNode } from 'react'
import { words } from './words.ts'

type Props = {
  readonly title: string
  readonly count?: number
  readonly onAll?: () => void
  readonly children: ReactNode
}

export function Block({ title, count, onAll, children }: Props) {
  const say = useWords(words)
  return (
    <section className="chart-block" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {onAll ? (
          <button type="button" className="chart-link" onClick={onAll}>
            {say('showAll', { count: count ?? '' })}
          </button>
        ) : null}
      </header>
      {children}
    </section>
  )
}

/** One quiet line in place of what is not there. */
export function Nothing({ children }: { readonly children: ReactNode }) {
  return <p className="chart-nothing">{children}</p>
}
