/** What a person sees of his own account: password, factors, badge, open sessions, known browsers, the latest sign-ins. */
import { Answered, FailureText, Loading, type Me, useAct, useAsk, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useEffect, useId, useRef, useState } from 'react'
import { ChangePasswordForm } from './change-password.tsx'
import { MyBadge } from './my-badge.tsx'
import { MyFactors } from './my-factors.tsx'
import { MyDevices, MySessions } from './my-places.tsx'
import { shellWords } from './shell-words.ts'

type Account = {
  readonly login: string
  readonly passwordSet: string
  readonly passwordEnds?: string
  readonly signIns: readonly SignIn[]
}
type SignIn = {
  readonly at: string
  readonly address?: string
  readonly outcome: 'allowed' | 'refused' | 'locked'
}

const path = '/api/session/account'
const outcomes = { allowed: 'allowed', refused: 'refused', locked: 'lockedOut' } as const

export function MyAccount({ me, onClose }: { readonly me: Me; readonly onClose: () => void }) {
  const say = useWords(shellWords)
  const heading = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const answer = useAsk<Account>(path)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  return (
    <dialog ref={dialog} className="s-dialog s-account" aria-labelledby={heading} onClose={onClose}>
      <h2 id={heading}>{say('myAccount')}</h2>
      <Answered answer={answer} loading={<Loading rows={6} />}>
        {(account) => (
          <>
            <p>
              <strong>{me.display}</strong> <span className="x-quiet">{account.login}</span>
            </p>
            <Password account={account} />
            <MyFactors />
            <MyBadge />
            <MySessions>
              <EndOthers />
            </MySessions>
            <MyDevices />
            <SignIns signIns={account.signIns} />
          </>
        )}
      </Answered>
      <div className="s-account-end">
        <Button onClick={() => dialog.current?.close()}>{say('close')}</Button>
      </div>
    </dialog>
  )
}

function Password({ account }: { readonly account: Account }) {
  const say = useWords(shellWords)
  const times = useTimes()
  const [state, setState] = useState<'standing' | 'changing' | 'changed'>('standing')
  return (
    <section>
      <p className="x-quiet">
        {say('passwordSet', { at: times.moment(account.passwordSet) })}
        {account.passwordEnds ? ` · ${say('passwordEnds', { day: times.day(account.passwordEnds) })}` : null}
      </p>
      {state === 'changed' ? <p role="status">✓ {say('passwordChanged')}</p> : null}
      {state === 'changing' ? (
        <ChangePasswordForm onDone={async () => setState('changed')} />
      ) : (
        <Button size="small" onClick={() => setState('changing')}>
          {say('changePassword')}
        </Button>
      )}
    </section>
  )
}

function SignIns({ signIns }: { readonly signIns: readonly SignIn[] }) {
  const say = useWords(shellWords)
  const times = useTimes()
  return (
    <section>
      <h3>{say('mySignIns')}</h3>
      <p className="x-quiet">{say('mySignInsHelp')}</p>
      {signIns.length === 0 ? (
        <p className="x-quiet">{say('noSignIns')}</p>
      ) : (
        <div className="s-account-list">
          <table>
            <thead>
              <tr>
                <th>{say('when')}</th>
                <th>{say('from')}</th>
                <th>{say('result')}</th>
              </tr>
            </thead>
            <tbody>
              {signIns.map(({ at, address, outcome }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two wrong passwords may come at the same instant.
                <tr key={index}>
                  <td>{times.moment(at)}</td>
                  <td>{address ?? say('unknownAddress')}</td>
                  <td className={outcome === 'allowed' ? '' : 'x-red'}>{say(outcomes[outcome])}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function EndOthers() {
  const say = useWords(shellWords)
  const [isDone, setDone] = useState(false)
  const act = useAct<undefined>(() => ({ path: '/api/session/others', method: 'DELETE' }), {
    refreshes: ['/api/session/sessions'],
  })
  const end = async () => {
    const ran = await act.run(undefined)
    setDone(ran.isDone)
  }
  return (
    <>
      {act.error ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
      {isDone ? (
        <p role="status">✓ {say('othersEnded')}</p>
      ) : (
        <Button size="small" loading={act.isRunning} onClick={() => void end()}>
          {say('endOthers')}
        </Button>
      )}
    </>
  )
}
