/** R4 valueset-concept-map-equivalence: how a target stands to its source, as a sign and a word. */
import { useWords } from '@xinglin/kit'
import { words } from './words.ts'

const signs = {
  relatedto: '~',
  equivalent: '≡',
  equal: '=',
  wider: '⊃',
  subsumes: '⊃',
  narrower: '⊂',
  specializes: '⊂',
  inexact: '≈',
  unmatched: '∅',
  disjoint: '≠',
} as const

export function Equivalence({ equivalence }: { readonly equivalence: string }) {
  const say = useWords(words)
  if (!isKnown(equivalence)) return <span>{equivalence}</span>
  return (
    <span className="term-state">
      <span aria-hidden>{signs[equivalence]}</span> {say(`equivalence_${equivalence}`)}
    </span>
  )
}

function isKnown(equivalence: string): equivalence is keyof typeof signs {
  return Object.hasOwn(signs, equivalence)
}
