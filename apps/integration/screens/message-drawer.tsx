/** One message in full: what it became or why it was refused, its text with the refused field marked, and the way to process it again. */
import {
  Answered,
  FailureText,
  Go,
  useAct,
  useAsk,
  useMay,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Button, Drawer } from 'antd'
import { type ReactNode, useState } from 'react'
import { type FieldLineage, type MessageAnswer, resendPermission } from '../contract.ts'
import { FieldsOf } from './field-lineage.tsx'
import { integrationWords } from './integration-words.ts'
import { Outcome } from './outcome.tsx'
import { RawText } from './raw-text.tsx'

export function MessageDrawer({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const say = useWords(integrationWords)
  const answer = useAsk<MessageAnswer>(`/api/integration/messages/${encodeURIComponent(id)}`)
  return (
    <Drawer open mask={false} size={640} title={say('message', { id })} onClose={onClose}>
      <Answered answer={answer}>{(message) => <MessageDetail message={message} />}</Answered>
    </Drawer>
  )
}

function MessageDetail({ message }: { readonly message: MessageAnswer }) {
  const say = useWords(integrationWords)
  return (
    <>
      {message.outcome === 'refused' ? (
        <div className="i-refusal" role="note">
          <strong>{message.reason}</strong>
          <div className="x-quiet">
            {message.at ? `${say('refusedField')} ${message.at} · ` : ''}
            <code>{message.code}</code>
          </div>
        </div>
      ) : null}
      {message.canResend ? <Resend message={message} /> : null}
      <MessageFacts message={message} />
      {message.outcome === 'accepted' ? <Became message={message} /> : null}
      <Raw message={message} />
    </>
  )
}

/** The raw text with what its fields made; the address names the field that is marked. */
function Raw({ message }: { readonly message: MessageAnswer }) {
  const say = useWords(integrationWords)
  const { search } = useScreen()
  const [chosen, setChosen] = useState<FieldLineage>()
  const field = chosen?.field ?? search.get('field') ?? undefined
  const isTold = message.outcome === 'accepted' && message.door === 'hl7v2' && message.raw.kind === 'text'
  return (
    <>
      <h2>{say('raw')}</h2>
      <RawText message={chosen ? { ...message, marked: chosen } : message} />
      {isTold ? <FieldsOf message={message} chosen={field} onChoose={setChosen} /> : null}
    </>
  )
}

function MessageFacts({ message }: { readonly message: MessageAnswer }) {
  const say = useWords(integrationWords)
  const times = useTimes()
  const facts: readonly (readonly [name: string, value: ReactNode])[] = [
    [say('outcome'), <Outcome key="outcome" outcome={message.outcome} />],
    [say('time'), times.full(message.receivedAt)],
    [say('settled'), times.full(message.settledAt)],
    [say('latency'), message.latencyMs === undefined ? '' : `${message.latencyMs.toFixed(1)} ${say('ms')}`],
    [say('door'), say(message.door)],
    [say('sender'), message.sender],
    [say('subject'), message.subject],
    [say('controlId'), message.controlId],
    [say('charset'), message.charset],
    [say('size'), `${message.sizeBytes} ${say('bytes')}`],
    [say('times'), message.times],
  ]
  return (
    <dl className="i-facts">
      {facts.flatMap(([name, value]) => [
        <dt key={name}>{name}</dt>,
        <dd key={`${name}.`}>{value || '–'}</dd>,
      ])}
    </dl>
  )
}

/** Links to every version made; a patient opens the chart, everything else its resource. */
function Became({ message }: { readonly message: MessageAnswer }) {
  const say = useWords(integrationWords)
  return (
    <>
      <h2>{say('became')}</h2>
      {message.versions.length === 0 ? <p className="x-quiet">{say('becameNothing')}</p> : null}
      <ul className="i-made">
        {message.versions.map(({ type, id, version, reference }) => (
          <li key={reference}>
            <strong>{type}</strong>{' '}
            {type === 'Patient' ? (
              <Go to={`/chart/patients/${id}`}>{id}</Go>
            ) : (
              <a href={`/fhir/R4/${reference}`} target="_blank" rel="noreferrer">
                {id}
              </a>
            )}{' '}
            <span className="x-quiet">{say('version', { version })}</span>
          </li>
        ))}
        {message.provenance ? (
          <li>
            <strong>{say('provenance')}</strong>{' '}
            <a href={`/fhir/R4/${message.provenance}`} target="_blank" rel="noreferrer">
              {message.provenance.replace('Provenance/', '')}
            </a>
          </li>
        ) : null}
      </ul>
    </>
  )
}

function Resend({ message }: { readonly message: MessageAnswer }) {
  const say = useWords(integrationWords)
  const may = useMay(resendPermission)
  const resend = useAct<string, MessageAnswer>((id) => ({ path: `/api/integration/messages/${id}/resend` }), {
    refreshes: ['/api/integration/'],
  })
  if (!may) return null
  return (
    <div className="i-resend">
      <Button
        type="primary"
        size="small"
        loading={resend.isRunning}
        onClick={() => void resend.run(message.id)}
      >
        {say('resend')}
      </Button>
      <span className="x-quiet">{say('resendHelp')}</span>
      {resend.error ? <FailureText error={resend.error} /> : null}
    </div>
  )
}
