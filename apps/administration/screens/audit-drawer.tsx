/** One audit entry in full, with the ways to narrow the trail to its person or patient. */
import { Facts, Side, useScreen, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import type { AuditRow } from '../contract.ts'
import { administrationWords } from './administration-words.ts'
import { useActionWord } from './audit-actions.ts'
import { Outcome } from './outcome.tsx'

export function AuditDrawer({ entry, onClose }: { readonly entry: AuditRow; readonly onClose: () => void }) {
  const say = useWords(administrationWords)
  const times = useTimes()
  const actionWord = useActionWord()
  const { setSearch } = useScreen()
  const { actor, patient } = entry
  return (
    <Side title={say('entry', { id: entry.id })} onClose={onClose}>
      <Facts
        facts={[
          [say('outcome'), <Outcome key="outcome" outcome={entry.outcome} />],
          [say('time'), times.full(entry.at)],
          [say('who'), `${entry.actorDisplay} (${actor})`],
          [say('address'), entry.address],
          [say('what'), actionWord(entry.action)],
          [say('resourceType'), entry.resourceType],
          [say('object'), entry.resourceId && <code>{entry.resourceId}</code>],
          [say('whose'), patient && <code>{patient}</code>],
          [say('detail'), entry.detail],
        ]}
      />
      <div className="a-part a-acts">
        <Button onClick={() => setSearch({ actor, entry: undefined })}>{say('onlyThisPerson')}</Button>
        {patient ? (
          <Button onClick={() => setSearch({ patient, entry: undefined })}>{say('onlyThisPatient')}</Button>
        ) : null}
      </div>
    </Side>
  )
}
