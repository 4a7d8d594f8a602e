/** Phone and code; an account is opened for a phone that has none, and the page does not tell which. */
import { useAct, useLook, useWords } from '@xinglin/kit'
import { Button, Input } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { words } from '../words.ts'
import { CodeStep, isWhole, type Shown } from './code-step.tsx'
import { Failure } from './failure.tsx'
import { LookChoice } from './look-choice.tsx'
import { sessionPath } from './session.ts'

export function SignIn({ onDone }: { readonly onDone: () => Promise<void> }) {
  const say = useWords(words)
  const { language } = useLook()
  const id = useId()
  const [phone, setPhone] = useState('')
  const [shown, setShown] = useState<Shown>()
  const [password, setPassword] = useState('')
  const act = useAct<object, unknown>((body) => ({ path: sessionPath, method: 'POST', body }))
  const needsPassword =
    act.error?.errorCode === 'patients.password-needed' || act.error?.errorCode === 'patients.wrong-password'
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const ran = await act.run({ ...shown, ...(password === '' ? {} : { password }) })
    if (ran.isDone) await onDone()
  }
  return (
    <main className="my-record my-record-door">
      <LookChoice />
      <h1>
        <img src="/xinglin.svg" alt="" width={32} height={32} /> {say('title')}
      </h1>
      <p>{say('doorHelp')}</p>
      <form className="my-record-form" onSubmit={(event) => void submit(event)}>
        <label htmlFor={`${id}-phone`}>{say('phone')}</label>
        <Input
          id={`${id}-phone`}
          type="tel"
          autoComplete="tel"
          value={phone}
          onChange={(event) => setPhone(event.target.value)}
        />
        <CodeStep
          path={`${sessionPath}/codes`}
          body={{ phone }}
          isReady={phone.trim().length >= 8}
          value={shown}
          onCode={setShown}
        />
        {needsPassword ? (
          <>
            <label htmlFor={`${id}-password`}>{say('password')}</label>
            <Input
              id={`${id}-password`}
              type="password"
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          </>
        ) : null}
        {act.error?.errorCode === 'patients.password-needed' ? (
          <p role="status">{say('passwordNeeded')}</p>
        ) : (
          <Failure error={act.error} />
        )}
        <Button type="primary" htmlType="submit" block disabled={!isWhole(shown)} loading={act.isRunning}>
          {say('signIn')}
        </Button>
      </form>
      <p className="x-quiet">
        {say('staffHere')} <a href="/">{language === 'zh' ? '杏林 Xinglin' : 'Xinglin'}</a>
      </p>
    </main>
  )
}
