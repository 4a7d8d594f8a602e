/** The concepts of a code system one after the other, or those that answer a text, the nearest first. */
import { Answered, type Column, DataGrid, Empty, useLook, useWords } from '@xinglin/kit'
import { useMemo } from 'react'
import type { ConceptsAnswer } from '../../contract.ts'
import { words } from '../words.ts'
import { NarrowConcept, nameColumns } from './concept-cells.tsx'
import { type SystemKey, useConcepts } from './use-concepts.ts'

type Row = ConceptsAnswer['concepts'][number]
type Props = {
  readonly system: SystemKey
  readonly text: string
  readonly code: string | undefined
  readonly onChoose: (code: string) => void
}

export function ConceptList({ system, text, code, onChoose }: Props) {
  const say = useWords(words)
  const { language } = useLook()
  const { answer, more } = useConcepts(system, text)
  const columns = useMemo<readonly Column<Row>[]>(
    () => [
      {
        key: 'code',
        title: say('code'),
        widthPx: 130,
        draw: (concept) => <span className="term-code">{concept.code}</span>,
      },
      ...nameColumns<Row>(say, language, (row) => row),
    ],
    [say, language],
  )
  return (
    <Answered answer={answer}>
      {(pages) => (
        <>
          <p className="term-count x-quiet x-number" role="status">
            {countText(pages[0]?.total)}
          </p>
          <div className="term-list">
            <DataGrid
              name="terminology.concepts"
              label={say('part_systems')}
              rows={pages.flatMap(({ concepts }) => concepts)}
              columns={columns}
              keyOf={(row) => row.code}
              selectedKey={code}
              onSelect={(row) => onChoose(row.code)}
              {...(more ? { onEndReached: more } : {})}
              narrowHeightPx={56}
              drawNarrow={(concept) => <NarrowConcept concept={concept} language={language} />}
              empty={<Empty title={say('noConcepts')}>{say('noConceptsHelp')}</Empty>}
            />
          </div>
        </>
      )}
    </Answered>
  )

  function countText(total: number | undefined): string {
    if (total === undefined) return say('tooMany')
    return say(text === '' ? 'conceptsOf' : 'matchesOf', { count: total })
  }
}
