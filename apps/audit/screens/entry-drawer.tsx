/** One audit entry in full, as FHIR too, with the ways to ask on about its person or its patient. */
import { Answered, Facts, Side, useAsk, useScreen, useTimes, useWords } from '@xinglin/kit'
import { Button, Typography } from 'antd'
import { auditScreens, type EntriesAnswer, type EntryAnswer, type EntryRow } from '../contract.ts'
import { useActionWord } from './actions.ts'
import { explorerWords } from './explorer-words.ts'
import { Outcome } from './outcome.tsx'
import { patientText } from './patient-choice.tsx'
import { PurposeWord } from './purpose-word.tsx'
import { words } from './words.ts'

type Props = {
  readonly entry: EntryRow
  readonly patients: EntriesAnswer['patients']
  readonly onClose: () => void
}

export function EntryDrawer({ entry, patients, onClose }: Props) {
  const say = useWords(explorerWords)
  const sayFact = useWords(words)
  const times = useTimes()
  const actionWord = useActionWord()
  const { setSearch, open } = useScreen()
  const { actor, patient } = entry
  const line = patient ? patients[patient] : undefined
  const whose = patient
    ? `${line ? patientText(line) : ''} (${patient})`
    : entry.patients && say('many', { count: entry.patients.length })
  const ask = (asked: Readonly<Record<string, string | undefined>>) =>
    setSearch({ actor: undefined, patient: undefined, entry: undefined, ...asked })
  return (
    <Side title={say('entry', { id: entry.id })} isWide onClose={onClose}>
      <Facts
        facts={[
          [say('outcome'), <Outcome key="outcome" outcome={entry.outcome} />],
          [sayFact('time'), times.full(entry.at)],
          [sayFact('who'), `${entry.actorDisplay} (${actor})`],
          [sayFact('what'), `${actionWord(entry.action)} (${entry.action})`],
          [say('object'), [entry.resourceType, entry.resourceId].filter(Boolean).join('/')],
          [say('whose'), whose],
          [say('purpose'), <PurposeWord key="purpose" purpose={entry.purpose} />],
          [say('where'), entry.address],
          [say('app'), entry.client],
          [say('session'), entry.session && <code>{entry.session}</code>],
          [say('detail'), entry.detail],
        ]}
      />
      <div className="audit-acts">
        <Button onClick={() => ask({ ask: 'person', actor })}>{say('onlyThisPerson')}</Button>
        {patient ? (
          <>
            <Button onClick={() => ask({ ask: 'record', patient })}>{say('onlyThisPatient')}</Button>
            <Button onClick={() => open(`${auditScreens.report}?${new URLSearchParams({ patient })}`)}>
              {say('report')}
            </Button>
          </>
        ) : null}
      </div>
      <AsFhir entry={entry} />
    </Side>
  )
}

function AsFhir({ entry }: { readonly entry: EntryRow }) {
  const say = useWords(explorerWords)
  const answer = useAsk<EntryAnswer>(
    `/api/audit/entries/${entry.id}?${new URLSearchParams({ at: entry.at })}`,
    { staleAfterMs: Number.POSITIVE_INFINITY },
  )
  return (
    <section className="audit-fhir">
      <h3>{say('fhir')}</h3>
      <Answered answer={answer}>
        {({ event }) => {
          const text = JSON.stringify(event, undefined, 2)
          return (
            <>
              <Typography.Text copyable={{ text, tooltips: [say('copy'), say('copied')] }} />
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: text that scrolls is reached by the keyboard. */}
              <pre tabIndex={0}>{text}</pre>
            </>
          )
        }}
      </Answered>
    </section>
  )
}
