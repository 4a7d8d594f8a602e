/** One message's whole life: received, stored, then what each destination made of it and how long it took. */
import {
  Answered,
  FailureText,
  Go,
  ReasonDialog,
  useAct,
  useAsk,
  useMay,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Button, Drawer } from 'antd'
import { type ReactNode, useState } from 'react'
import {
  type ContentAnswer,
  type DeliveryRow,
  interfacePermissions,
  type LifeAnswer,
  messageAddress,
} from '../contract.ts'
import { interfaceWords } from './interface-words.ts'
import { msBetween, Span } from './span.tsx'

/** While a delivery waits its line moves. */
const askEveryMs = 2_000

export function LifeDrawer({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const say = useWords(interfaceWords)
  const answer = useAsk<LifeAnswer>(`/api/integration/messages/${encodeURIComponent(id)}/life`, {
    everyMs: askEveryMs,
  })
  return (
    <Drawer open mask={false} size={560} title={say('life', { id })} onClose={onClose}>
      <Answered answer={answer}>{(life) => <Life life={life} />}</Answered>
    </Drawer>
  )
}

function Life({ life: { message, deliveries } }: { readonly life: LifeAnswer }) {
  const say = useWords(interfaceWords)
  const start = message.receivedAt
  return (
    <>
      <p>
        <strong>{message.subject}</strong>{' '}
        <span className="x-quiet">
          {message.sender} · {message.controlId}
        </span>{' '}
        <Go to={messageAddress(message.id)}>{say('whole')}</Go>
      </p>
      <ol className="i-life">
        <Step start={start} at={start} title={say('received')} />
        {message.settledAt ? (
          <Step
            start={start}
            at={message.settledAt}
            title={message.outcome === 'refused' ? say('refusedBySource') : say('stored')}
          >
            <span className="x-red">{[message.code, message.reason].filter(Boolean).join(' · ')}</span>
          </Step>
        ) : null}
        {deliveries.map((delivery) => (
          <DeliveryStep key={delivery.id} delivery={delivery} start={start} />
        ))}
      </ol>
      {deliveries.length === 0 && message.outcome === 'accepted' ? (
        <p className="x-quiet">{say('nowhere')}</p>
      ) : null}
    </>
  )
}

type StepProps = {
  readonly start: string
  readonly at: string
  readonly title: ReactNode
  readonly children?: ReactNode
}

function Step({ start, at, title, children }: StepProps) {
  const times = useTimes()
  return (
    <li>
      <div className="i-step-head">
        <strong>{title}</strong>
        <span className="x-quiet">
          {times.full(at)} · + <Span ms={msBetween(start, at)} />
        </span>
      </div>
      {children}
    </li>
  )
}

function DeliveryStep({ delivery, start }: { readonly delivery: DeliveryRow; readonly start: string }) {
  const say = useWords(interfaceWords)
  const times = useTimes()
  const [isOpen, setOpen] = useState(false)
  const { destination, state, tries, code, reason, nextAt, settledAt, askedAt, version } = delivery
  const why = [code, reason].filter(Boolean).join(' · ')
  return (
    <Step start={start} at={settledAt ?? askedAt} title={`${destination} · ${say(`state-${state}`)}`}>
      <div className="x-quiet">
        {say('tries')} {tries} · {say('version')} {version}
        {nextAt ? ` · ${say('nextTry', { time: times.moment(nextAt) })}` : ''}
      </div>
      {why ? <div className="x-red">{why}</div> : null}
      <div className="i-tools-inline">
        <Acts delivery={delivery} />
        <Button size="small" type="text" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {say('content')}
        </Button>
      </div>
      {isOpen ? <Content id={delivery.id} /> : null}
    </Step>
  )
}

function Acts({ delivery: { id, state, destination } }: { readonly delivery: DeliveryRow }) {
  const say = useWords(interfaceWords)
  const may = useMay(interfacePermissions.operate)
  const [isAsking, setAsking] = useState(false)
  const refreshes = ['/api/integration/']
  const retry = useAct<void>(() => ({ path: '/api/integration/deliveries/retry', body: { ids: [id] } }), {
    refreshes,
  })
  const drop = useAct<string>(
    (reason) => ({ path: '/api/integration/deliveries/drop', body: { ids: [id], reason } }),
    { refreshes },
  )
  if (!may || state === 'sent' || state === 'dropped') return null
  return (
    <>
      {state === 'refused' ? (
        <Button size="small" type="primary" loading={retry.isRunning} onClick={() => void retry.run()}>
          {say('retry')}
        </Button>
      ) : null}
      <Button size="small" danger onClick={() => setAsking(true)}>
        {say('drop')}
      </Button>
      {retry.error ? <FailureText error={retry.error} /> : null}
      <ReasonDialog
        isOpen={isAsking}
        title={say('drop')}
        act={say('drop')}
        isRunning={drop.isRunning}
        {...(drop.error ? { error: drop.error } : {})}
        onCancel={() => setAsking(false)}
        onAct={(reason) =>
          void drop.run(reason).then(({ isDone }) => (isDone ? setAsking(false) : undefined))
        }
      >
        {say('dropHelp', { name: destination, count: 1 })}
      </ReasonDialog>
    </>
  )
}

function Content({ id }: { readonly id: string }) {
  const say = useWords(interfaceWords)
  const answer = useAsk<ContentAnswer>(`/api/integration/deliveries/${encodeURIComponent(id)}/content`)
  return (
    <Answered answer={answer}>
      {({ raw }) =>
        raw.kind === 'masked' ? (
          <p className="x-quiet">{say('contentMasked')}</p>
        ) : (
          <pre className="i-raw">{raw.content.replaceAll('\r', '\n')}</pre>
        )
      }
    </Answered>
  )
}
