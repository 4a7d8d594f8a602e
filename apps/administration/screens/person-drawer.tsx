/** One person: account, positions, licences, acts, where he is signed in, what was changed. */
import { explorerAddress } from '@xinglin/audit/contract'
import { Answered, Facts, Go, Loading, Side, useAsk, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import type { StaffPersonAnswer, StaffPersonRow } from '../contract.ts'
import { administrationWords } from './administration-words.ts'
import { type PersonAct, PersonActDialog } from './person-acts.tsx'
import { PersonSessions } from './person-sessions.tsx'
import { PersonState } from './person-state.tsx'
import { PersonWork } from './person-work.tsx'
import { useRoles } from './roles-answer.ts'
import { staffPath } from './staff-answers.ts'

type Props = { readonly person: StaffPersonRow; readonly onClose: () => void }

export function PersonDrawer({ person, onClose }: Props) {
  const say = useWords(administrationWords)
  const times = useTimes()
  const { titlesOf } = useRoles()
  const maySeeSessions = useMay('administration.sessions.read')
  const maySeeAudit = useMay('administration.audit.read')
  const answer = useAsk<StaffPersonAnswer>(`${staffPath}/people/${encodeURIComponent(person.id)}`)
  return (
    <Side title={`${person.display} · ${person.login}`} isWide onClose={onClose}>
      <Facts
        facts={[
          [say('state'), <PersonState key="state" person={person} isLong />],
          [say('roles'), titlesOf(person.roles)],
          [say('lastSignIn'), person.lastSignIn ? times.full(person.lastSignIn) : say('never')],
          [say('passwordSet'), times.full(person.passwordSet)],
          [say('created'), times.full(person.created)],
        ]}
      />
      <Answered answer={answer} loading={<Loading rows={4} />}>
        {(page) => (
          <>
            {page.may.administer ? <PersonActs person={person} among={page.may.roles} /> : null}
            <PersonWork person={page} />
          </>
        )}
      </Answered>
      {maySeeSessions ? <PersonSessions person={person} /> : null}
      {maySeeAudit ? (
        <p className="a-part">
          <Go to={explorerAddress({ actor: `user/${person.id}` })}>{say('auditOf')}</Go>
        </p>
      ) : null}
    </Side>
  )
}

type ActsProps = { readonly person: StaffPersonRow; readonly among: readonly string[] | 'any' }

function PersonActs({ person, among }: ActsProps) {
  const say = useWords(administrationWords)
  const [act, setAct] = useState<PersonAct>()
  return (
    <div className="a-part a-acts">
      <Button onClick={() => setAct('changeRoles')}>{say('changeRoles')}</Button>
      <Button onClick={() => setAct('resetPassword')}>{say('resetPassword')}</Button>
      {person.lockedUntil ? <Button onClick={() => setAct('unlock')}>{say('unlock')}</Button> : null}
      <Button onClick={() => setAct('clearFactors')}>{say('clearFactors')}</Button>
      {person.disabled ? (
        <Button onClick={() => setAct('enable')}>{say('enable')}</Button>
      ) : (
        <Button danger onClick={() => setAct('disable')}>
          {say('disable')}
        </Button>
      )}
      {act ? (
        <PersonActDialog
          key={act}
          act={act}
          person={person}
          among={among === 'any' ? undefined : among}
          onClose={() => setAct(undefined)}
        />
      ) : null}
    </div>
  )
}
