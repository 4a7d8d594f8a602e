/** The three administrators: who they are, since when they are separate, what is missing before. */
import { Answered, Loading, ReasonDialog, useAct, useAsk, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import { type AdministratorsAnswer, administratorRoles, approvalsPermissions } from '../contract.ts'
import { words } from './words.ts'

const path = '/api/approvals/administrators'

export function Administrators() {
  const answer = useAsk<AdministratorsAnswer>(path)
  return (
    <Answered answer={answer} loading={<Loading rows={3} />}>
      {(administrators) => <Holders {...administrators} />}
    </Answered>
  )
}

function Holders({ since, holders, missing }: AdministratorsAnswer) {
  const say = useWords(words)
  const times = useTimes()
  const maySwitch = useMay(approvalsPermissions.separate)
  const [isAsking, setAsking] = useState(false)
  const roles = since === undefined ? (['administrator', ...administratorRoles] as const) : administratorRoles
  const lacks = missing.map((each) => {
    if (each === 'roles') return say('needsRoles')
    return each === 'security-administrator' ? say('needsSecurity') : say(`role-${each}`)
  })
  return (
    <section className="approvals-administrators">
      <h2>{say('administrators')}</h2>
      <dl>
        {roles.map((role) => (
          <div key={role}>
            <dt>{say(`role-${role}`)}</dt>
            <dd>
              {holders[role].length > 0 ? (
                holders[role].join(', ')
              ) : (
                <em className="x-quiet">{say('nobody')}</em>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <p className="x-quiet">
        {since === undefined ? say('notSeparate') : say('separateSince', { at: times.full(since) })}
      </p>
      {since === undefined && lacks.length > 0 ? (
        <p>
          {say('missing')}
          {lacks.join(' · ')}
        </p>
      ) : null}
      {maySwitch ? (
        <Button disabled={since === undefined && lacks.length > 0} onClick={() => setAsking(true)}>
          {say(since === undefined ? 'separate' : 'unite')}
        </Button>
      ) : null}
      {isAsking ? <SwitchDialog isSeparate={since !== undefined} onClose={() => setAsking(false)} /> : null}
    </section>
  )
}

function SwitchDialog({
  isSeparate,
  onClose,
}: {
  readonly isSeparate: boolean
  readonly onClose: () => void
}) {
  const say = useWords(words)
  const verb = isSeparate ? 'unite' : 'separate'
  const act = useAct<string>((reason) => ({ path: `/api/approvals/${verb}`, body: { reason } }), {
    refreshes: [path, '/api/approvals/proposals', '/api/session'],
  })
  return (
    <ReasonDialog
      isOpen
      title={say(verb)}
      act={say(verb)}
      isRunning={act.isRunning}
      {...(act.error ? { error: act.error } : {})}
      onAct={(reason) => void act.run(reason).then(({ isDone }) => isDone && onClose())}
      onCancel={onClose}
    >
      {say(isSeparate ? 'uniteText' : 'separateText')}
    </ReasonDialog>
  )
}
