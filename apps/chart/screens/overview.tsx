/** The first page of a record: everything that matters at a glance, each block with the way to the whole. */
import { useIsNarrow, useWords } from '@xinglin/kit'
import type { RecordAnswer } from '../reading/shapes.ts'
import { Block, Nothing } from './block.tsx'
import { DocumentRow } from './documents.tsx'
import { StudyStrip } from './images.tsx'
import { LatestResults } from './latest-results.tsx'
import { MedicationRow } from './medications.tsx'
import { AllergyLines, ProblemLines } from './problems.tsx'
import { useRecord } from './record-place.ts'
import { VisitRow } from './visits.tsx'
import { words } from './words.ts'

/** Lines of a block on the first page. */
const mostLines = 8
const mostStudies = 8

export function Overview({ record }: { readonly record: RecordAnswer }) {
  const say = useWords(words)
  const { show } = useRecord()
  const isNarrow = useIsNarrow()
  const running = record.medications.filter(({ isActive }) => isActive)
  const shownMedications = (running.length > 0 ? running : record.medications).slice(0, mostLines)
  const results = (
    <Block title={say('latest')} onAll={() => show('results')}>
      <LatestResults />
    </Block>
  )
  return (
    <div className="chart-overview">
      <div className="chart-column">
        <Block title={say('allergies')}>
          <AllergyLines allergies={record.allergies} />
        </Block>
        <Block title={say('problems')}>
          <ProblemLines problems={record.problems} />
        </Block>
        {isNarrow ? results : null}
        <Block title={say('medications')} count={record.medications.length} onAll={() => show('medications')}>
          {shownMedications.length === 0 ? <Nothing>{say('noMedications')}</Nothing> : null}
          {shownMedications.map((medication) => (
            <MedicationRow key={medication.key} medication={medication} />
          ))}
        </Block>
        <Block title={say('visits')} count={record.visits.length} onAll={() => show('visits')}>
          {record.visits.length === 0 ? <Nothing>{say('noVisits')}</Nothing> : null}
          {record.visits.slice(0, mostLines).map((visit) => (
            <VisitRow key={visit.key} visit={visit} />
          ))}
        </Block>
        <Block title={say('documents')} count={record.documents.length} onAll={() => show('documents')}>
          {record.documents.length === 0 ? <Nothing>{say('noDocuments')}</Nothing> : null}
          {record.documents.slice(0, mostLines).map((document) => (
            <DocumentRow
              key={document.key}
              document={document}
              onOpen={() => show('documents', { document: document.key })}
            />
          ))}
        </Block>
      </div>
      <div className="chart-column">
        {isNarrow ? null : results}
        <Block title={say('images')} count={record.studies.length} onAll={() => show('images')}>
          {record.studies.length === 0 ? (
            <Nothing>{say('noImages')}</Nothing>
          ) : (
            <StudyStrip studies={record.studies.slice(0, mostStudies)} />
          )}
        </Block>
      </div>
    </div>
  )
}
