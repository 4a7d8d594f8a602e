/** The sections of a record, one press or one digit away. */
import { useScreen, useWords } from '@xinglin/kit'
import { useEffect, useRef } from 'react'
import type { RecordAnswer } from '../reading/shapes.ts'
import { useRecord } from './record-place.ts'
import { words } from './words.ts'

const sections = ['overview', 'results', 'medications', 'visits', 'images', 'documents', 'timeline'] as const
export type Section = (typeof sections)[number]

/** The section that an address names; the overview where it names none. */
export function sectionIn(search: URLSearchParams): Section {
  return sections.find((section) => section === search.get('section')) ?? 'overview'
}

const countsOf = (record: RecordAnswer): Partial<Record<Section, number>> => ({
  medications: record.medications.filter(({ isActive }) => isActive).length,
  visits: record.visits.length,
  images: record.studies.length,
  documents: record.documents.length,
})

export function SectionBar({
  section,
  record,
}: {
  readonly section: Section
  readonly record: RecordAnswer
}) {
  const say = useWords(words)
  const { show } = useRecord()
  const { isActive } = useScreen()
  useDigits(isActive, (digit) => {
    const chosen = sections[digit - 1]
    if (chosen) show(chosen)
  })
  const counts = countsOf(record)
  const bar = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen tab moves with the section.
  useEffect(() => {
    bar.current
      ?.querySelector('[aria-selected=true]')
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [section])
  return (
    <div ref={bar} className="chart-sections x-no-print" role="tablist" aria-label={record.patient.name}>
      {sections.map((each, index) => (
        <button
          key={each}
          type="button"
          role="tab"
          aria-selected={each === section}
          aria-keyshortcuts={String(index + 1)}
          className="chart-section-tab"
          onClick={() => show(each)}
        >
          {say(each)}
          {counts[each] ? <span className="x-quiet x-number"> {counts[each]}</span> : null}
          <kbd aria-hidden>{index + 1}</kbd>
        </button>
      ))}
    </div>
  )
}

function useDigits(isActive: boolean, pressed: (digit: number) => void): void {
  useEffect(() => {
    if (!isActive) return
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) return
      if (event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName))
        return
      pressed(Number(event.key))
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  })
}
