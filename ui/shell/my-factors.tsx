/** The second factors of one's own account. */
import { Answered, FailureText, Loading, useAct, useAsk, useRefresh, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { lazy, Suspense } from 'react'
import { factorWords } from './factor-words.ts'
import { NewRecoveryCodes } from './new-recovery-codes.tsx'

const AddFactor = lazy(async () => ({ default: (await import('./add-factor.tsx')).AddFactor }))

type Own = {
  readonly factors: readonly {
    readonly id: string
    readonly kind: 'totp' | 'passkey'
    readonly created: string
  }[]
  readonly recoveryCodesLeft: number
}
const path = '/api/session/factors'

export function MyFactors() {
  const say = useWords(factorWords)
  const times = useTimes()
  const answer = useAsk<Own>(path)
  const remove = useAct<string>((id) => ({ path: `${path}/${id}`, method: 'DELETE' }), { refreshes: [path] })
  const refresh = useRefresh()
  const again = async () => {
    remove.reset()
    await refresh(path)
  }
  return (
    <section>
      <h3>{say('factors')}</h3>
      <p className="x-quiet">{say('factorsHelp')}</p>
      <Answered answer={answer} loading={<Loading rows={2} />}>
        {({ factors, recoveryCodesLeft }) => (
          <>
            {factors.length === 0 ? <p className="x-quiet">{say('none')}</p> : null}
            {factors.map(({ id, kind, created }) => (
              <p key={id}>
                {say(kind === 'totp' ? 'authenticator' : 'passkey')}{' '}
                <span className="x-quiet">{say('added', { at: times.moment(created) })}</span>{' '}
                <Button size="small" onClick={() => void remove.run(id)}>
                  {say('remove')}
                </Button>
              </p>
            ))}
            {factors.length > 0 ? (
              <p className="x-quiet">{say('codesLeft', { count: recoveryCodesLeft })}</p>
            ) : null}
            {remove.error ? (
              <div className="x-red" role="alert">
                <FailureText error={remove.error} />
              </div>
            ) : null}
            {factors.length > 0 ? <NewRecoveryCodes onDone={again} /> : null}
            <Suspense fallback={<Loading rows={1} />}>
              <AddFactor onDone={again} />
            </Suspense>
          </>
        )}
      </Answered>
    </section>
  )
}
