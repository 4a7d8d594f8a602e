/** How a concept is drawn in a row: its names, and whether it is no longer used or only groups others. */
import { type Column, useWords } from '@xinglin/kit'
import type { NameRow } from '../../contract.ts'
import { nameOf, otherNameOf } from '../names.ts'
import { type SayTerminology, words } from '../words.ts'

type Language = 'zh' | 'en'

export function Marks({ concept }: { readonly concept: NameRow }) {
  const say = useWords(words)
  return (
    <>
      {concept.isInactive ? <span className="term-mark">⊘ {say('inactive')}</span> : null}
      {concept.isAbstract ? <span className="term-mark">{say('abstract')}</span> : null}
    </>
  )
}

/** The two names of a concept as columns. */
export function nameColumns<Row>(
  say: SayTerminology,
  language: Language,
  conceptOf: (row: Row) => NameRow | undefined,
): readonly Column<Row>[] {
  return [
    {
      key: 'name',
      title: say('name'),
      widthPx: 240,
      draw: (row) => {
        const concept = conceptOf(row)
        return concept ? (
          <span className="term-name">
            <span className="x-cut" title={nameOf(concept, language)}>
              {nameOf(concept, language)}
            </span>
            <Marks concept={concept} />
          </span>
        ) : null
      },
    },
    {
      key: 'other',
      title: say('otherName'),
      widthPx: 240,
      draw: (row) => {
        const concept = conceptOf(row)
        return <span className="x-quiet">{concept ? otherNameOf(concept, language) : null}</span>
      },
    },
  ]
}

export function NarrowConcept({
  concept,
  language,
}: {
  readonly concept: NameRow
  readonly language: Language
}) {
  return (
    <div className="term-narrow">
      <div>
        <strong className="x-cut">{nameOf(concept, language)}</strong>
        <span className="term-code">{concept.code}</span>
      </div>
      <div className="x-quiet">
        <span className="x-cut">{otherNameOf(concept, language)}</span>
        <Marks concept={concept} />
      </div>
    </div>
  )
}
