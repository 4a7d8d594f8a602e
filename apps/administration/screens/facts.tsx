/** Names and values beside each other; an absent value is a dash. */
import type { ReactNode } from 'react'

export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="a-facts">
      {facts.flatMap(([name, value]) => [
        <dt key={name}>{name}</dt>,
        <dd key={`${name}.`}>{value || '–'}</dd>,
      ])}
    </dl>
  )
}
