/** New recovery codes; the old ones are good no more. */
import { FailureText, useAct, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import { factorWords } from './factor-words.ts'
import { RecoveryCodes } from './recovery-codes.tsx'

export function NewRecoveryCodes({ onDone }: { readonly onDone: () => Promise<void> }) {
  const say = useWords(factorWords)
  const [codes, setCodes] = useState<readonly string[]>()
  const renew = useAct<void, { recoveryCodes: readonly string[] }>(() => ({
    path: '/api/session/factors/recovery-codes',
  }))
  const ask = async () => {
    const ran = await renew.run()
    if (ran.isDone) setCodes(ran.output.recoveryCodes)
  }
  const kept = () => {
    setCodes(undefined)
    void onDone()
  }
  if (codes) return <RecoveryCodes codes={codes} onKept={kept} />
  return (
    <p>
      <Button size="small" loading={renew.isRunning} onClick={() => void ask()}>
        {say('newCodes')}
      </Button>
      {renew.error ? (
        <span className="x-red" role="alert">
          {' '}
          <FailureText error={renew.error} />
        </span>
      ) : null}
    </p>
  )
}
