/** What I ask for by right: a copy, a correction, a deletion; with the answer and the day by which it comes. */
import { Answered, useAct, useAsk, useTimes, useWords } from '@xinglin/kit'
import { type OwnRequestRow, type OwnRequestsAnswer, ownPrivacyPath } from '@xinglin/privacy/contract'
import { Button, Input, Radio } from 'antd'
import { useId, useState } from 'react'
import { words } from '../words.ts'
import { Failure } from './failure.tsx'
import { Entry, Part } from './summary-page.tsx'

const kinds = ['copy', 'correction', 'deletion'] as const

export function RequestsPart({ patient }: { readonly patient: string }) {
  const say = useWords(words)
  const path = ownPrivacyPath(patient, 'requests')
  const answer = useAsk<OwnRequestsAnswer>(path)
  return (
    <>
      <Answered answer={answer}>
        {({ requests }) => (
          <Part title={say('requests')} none={say('noRequests')}>
            {requests.map((request) => (
              <Request key={request.id} path={path} request={request} />
            ))}
          </Part>
        )}
      </Answered>
      <NewRequest path={path} />
    </>
  )
}

function Request({ path, request }: { readonly path: string; readonly request: OwnRequestRow }) {
  const say = useWords(words)
  const times = useTimes()
  const { id, kind, wish, received, due, state, decision, answer, hasCopy } = request
  return (
    <Entry
      title={kind === 'copy' || kind === 'correction' || kind === 'deletion' ? say(`request_${kind}`) : kind}
      mark={say(decision ? `request_${decision}` : `request_${state}`)}
      details={[
        wish,
        times.moment(received),
        state === 'answered' ? answer : say('dueBy', { at: times.day(due) ?? due }),
      ]}
    >
      {hasCopy ? (
        <a href={`${path}/${encodeURIComponent(id)}/copy`} download>
          {say('takeCopy')}
        </a>
      ) : null}
    </Entry>
  )
}

function NewRequest({ path }: { readonly path: string }) {
  const say = useWords(words)
  const id = useId()
  const [kind, setKind] = useState<(typeof kinds)[number]>('copy')
  const [wish, setWish] = useState('')
  const act = useAct<void>(() => ({ path, body: { kind, wish } }), { refreshes: [path] })
  const send = async () => {
    const ran = await act.run()
    if (ran.isDone) setWish('')
  }
  return (
    <section className="my-record-card">
      <Radio.Group value={kind} onChange={({ target }) => setKind(target.value)}>
        <Radio value="copy">{say('askCopy')}</Radio>
        <Radio value="correction">{say('askCorrection')}</Radio>
        <Radio value="deletion">{say('askDeletion')}</Radio>
      </Radio.Group>
      <div className="my-record-form">
        <label htmlFor={id}>{say('wish')}</label>
        <Input.TextArea id={id} rows={2} value={wish} onChange={({ target }) => setWish(target.value)} />
        <Failure error={act.error} />
        <Button disabled={wish.trim() === ''} loading={act.isRunning} onClick={() => void send()}>
          {say('ask')}
        </Button>
      </div>
    </section>
  )
}
