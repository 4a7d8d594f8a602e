/** The house demands a second factor that this session has not shown: nothing opens before it is added, or shown. */
import { Answered, Loading, useAsk, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { factorWords } from './factor-words.ts'
import { Gate } from './gate.tsx'
import { SecondStep } from './second-step.tsx'
import { shellWords } from './shell-words.ts'

const AddFactor = lazy(async () => ({ default: (await import('./add-factor.tsx')).AddFactor }))

type Own = { readonly factors: readonly { readonly kind: 'totp' | 'passkey' }[] }

type Props = { readonly onDone: () => Promise<void>; readonly onSignOut: () => Promise<void> }

export function OwedFactor({ onDone, onSignOut }: Props) {
  const say = useWords(shellWords)
  const answer = useAsk<Own>('/api/session/factors')
  return (
    <Gate>
      <Answered answer={answer} loading={<Loading rows={4} />}>
        {({ factors }) => <Owed factors={factors} onDone={onDone} />}
      </Answered>
      <Button type="text" size="small" onClick={() => void onSignOut()}>
        {say('signOut')}
      </Button>
    </Gate>
  )
}

function Owed({ factors, onDone }: Own & Pick<Props, 'onDone'>) {
  const say = useWords(factorWords)
  // As it was at first: who has just added one is still shown his recovery codes.
  const [present] = useState(factors)
  if (present.length > 0)
    return (
      <>
        <h1>{say('secondStep')}</h1>
        <SecondStep hasPasskey={present.some(({ kind }) => kind === 'passkey')} onDone={onDone} />
      </>
    )
  return (
    <>
      <h1>{say('enrolment')}</h1>
      <p className="x-quiet">{say('enrolmentHelp')}</p>
      <Suspense fallback={<Loading rows={3} />}>
        <AddFactor isPrimary onDone={onDone} />
      </Suspense>
    </>
  )
}
