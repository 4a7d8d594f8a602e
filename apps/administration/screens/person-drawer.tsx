/** One person's account: facts, acts, where he is signed in. */
import { Go, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import { administrationScreens, type PersonRow } from '../contract.ts'
import { administrationWords } from './administration-words.ts'
import { Facts } from './facts.tsx'
import { type PersonAct, PersonActDialog } from './person-acts.tsx'
import { PersonSessions } from './person-sessions.tsx'
import { PersonState } from './person-state.tsx'
import { useRoles } from './roles-answer.ts'
import { Side } from './side.tsx'

export function PersonDrawer({
  person,
  onClose,
}: {
  readonly person: PersonRow
  readonly onClose: () => void
}) {
  const say = useWords(administrationWords)
  const times = useTimes()
  const { titlesOf } = useRoles()
  const maySeeSessions = useMay('administration.sessions.read')
  const maySeeAudit = useMay('administration.audit.read')
  return (
    <Side title={`${person.display} · ${person.login}`} onClose={onClose}>
      <Facts
        facts={[
          [say('state'), <PersonState key="state" person={person} isLong />],
          [say('roles'), titlesOf(person.roles)],
          [say('lastSignIn'), person.lastSignIn ? times.full(person.lastSignIn) : say('never')],
          [say('passwordSet'), times.full(person.passwordSet)],
          [say('created'), times.full(person.created)],
        ]}
      />
      <PersonActs person={person} />
      {maySeeSessions ? <PersonSessions person={person} /> : null}
      {maySeeAudit ? (
        <p className="a-part">
          <Go to={`${administrationScreens.audit}?actor=${encodeURIComponent(`user/${person.id}`)}`}>
            {say('auditOf')}
          </Go>
        </p>
      ) : null}
    </Side>
  )
}

function PersonActs({ person }: { readonly person: PersonRow }) {
  const say = useWords(administrationWords)
  const [act, setAct] = useState<PersonAct>()
  const mayWrite = useMay('administration.people.write')
  if (!mayWrite) return null
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
      {act ? <PersonActDialog key={act} act={act} person={person} onClose={() => setAct(undefined)} /> : null}
    </div>
  )
}
