/** One request by right, and the next step of it. */
import { DownloadOutlined } from '@ant-design/icons'
import {
  AnswerError,
  Facts,
  FailureText,
  issuesOf,
  Side,
  useAct,
  useMay,
  useRefresh,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { privacyPermissions, type RequestRow } from '../contract.ts'
import { Field } from './field.tsx'
import { PatientFacts } from './patient-facts.tsx'
import { RequestState } from './requests.tsx'
import { words } from './words.ts'

const path = '/api/privacy/requests'
const documents = [
  ['identity-card', 'docIdentity'],
  ['passport', 'docPassport'],
  ['birth-certificate', 'docBirth'],
  ['authorisation', 'docAuthorisation'],
  ['other', 'docOther'],
] as const

export function RequestDetail({ row, onClose }: { readonly row: RequestRow; readonly onClose: () => void }) {
  const say = useWords(words)
  const times = useTimes()
  const mayWrite = useMay(privacyPermissions.writeRequests)
  return (
    <Side title={`${say(row.kind)} · ${row.patient.name}`} onClose={onClose}>
      <Facts
        facts={[
          [say('state'), <RequestState key="state" row={row} />],
          [say('patient'), <PatientFacts key="patient" patient={row.patient} />],
          [say('asker'), row.asker],
          [say('wish'), row.wish],
          [say('received'), times.full(row.received)],
          [say('answerDue'), times.full(row.due)],
          row.proof ? [say('proof'), <ProofWords key="proof" proof={row.proof} />] : undefined,
          row.kind === 'deletion' && row.state !== 'answered'
            ? [say('retention'), <Kept key="kept" row={row} />]
            : undefined,
          row.copy
            ? [say('copy'), say('copyMade', { count: row.copy.resources, time: times.moment(row.copy.made) })]
            : undefined,
          row.copy ? [say('hash'), <code key="hash">{row.copy.sha256}</code>] : undefined,
          row.answer ? [say('answerTitle'), row.answer] : undefined,
          row.answered ? [say('answered'), times.full(row.answered)] : undefined,
        ]}
      />
      {mayWrite && row.state === 'received' ? <Proof key={row.id} row={row} /> : null}
      {mayWrite && row.state === 'proved' ? <Reply key={row.id} row={row} /> : null}
    </Side>
  )
}

function Kept({ row: { retention } }: { readonly row: RequestRow }) {
  const say = useWords(words)
  const times = useTimes()
  if (!retention) return <>{say('noVisits')}</>
  const date = times.day(retention.until)
  if (retention.isOver) return <>{say('retentionOver', { date })}</>
  const rule = say(retention.rule === 'inpatient-30-years' ? 'inpatientRule' : 'outpatientRule')
  return <strong>{say('retentionUntil', { date, rule })}</strong>
}

/** `identity-card …0012`. */
function ProofWords({ proof }: { readonly proof: string }) {
  const say = useWords(words)
  const [code = '', ...number] = proof.split(' ')
  const document = [...documents, ['verified-account', 'docAccount'] as const].find(([each]) => each === code)
  return <>{[document ? say(document[1]) : code, ...number].join(' ')}</>
}

function Proof({ row }: { readonly row: RequestRow }) {
  const say = useWords(words)
  const [document, setDocument] = useState<(typeof documents)[number][0]>('identity-card')
  const [lastFour, setLastFour] = useState('')
  const act = useAct(
    () => ({ path: '/api/privacy/commands/prove-identity', body: { request: row.id, document, lastFour } }),
    { refreshes: [path] },
  )
  return (
    <section className="privacy-part">
      <h2>{say('prove')}</h2>
      <p className="x-quiet">{say('proveHelp')}</p>
      <div className="privacy-pair">
        <div className="privacy-field">
          <span>{say('document')}</span>
          <Select
            style={{ width: '100%' }}
            aria-label={say('document')}
            value={document}
            options={documents.map(([value, word]) => ({ value, label: say(word) }))}
            onChange={setDocument}
          />
        </div>
        <Field label={say('lastFour')}>
          <Input value={lastFour} maxLength={4} onChange={(event) => setLastFour(event.target.value)} />
        </Field>
      </div>
      <Failure error={act.error} />
      <Button
        type="primary"
        disabled={lastFour.trim().length < 4}
        loading={act.isRunning}
        onClick={() => void act.run(undefined)}
      >
        {say('prove')}
      </Button>
    </section>
  )
}

function Reply({ row }: { readonly row: RequestRow }) {
  const say = useWords(words)
  const [answer, setAnswer] = useState('')
  const act = useAct(
    (decision: 'granted' | 'refused') => ({
      path: '/api/privacy/commands/answer-right',
      body: { request: row.id, decision, words: answer },
    }),
    { refreshes: [path] },
  )
  const isGiven = answer.trim() !== ''
  return (
    <section className="privacy-part">
      {row.kind === 'copy' ? <Copy row={row} /> : null}
      <h2>{say('answerTitle')}</h2>
      <Field label={say('answerWords')}>
        <Input.TextArea rows={3} value={answer} onChange={(event) => setAnswer(event.target.value)} />
      </Field>
      <Failure error={act.error} />
      <div className="privacy-acts">
        <Button
          type="primary"
          disabled={!isGiven}
          loading={act.isRunning}
          onClick={() => void act.run('granted')}
        >
          ✓ {say('granted')}
        </Button>
        <Button danger disabled={!isGiven} loading={act.isRunning} onClick={() => void act.run('refused')}>
          ✗ {say('refused')}
        </Button>
      </div>
    </section>
  )
}

/** The file goes to the desk's disk; what it was stands in the request. */
function Copy({ row }: { readonly row: RequestRow }) {
  const say = useWords(words)
  const refresh = useRefresh()
  const [error, setError] = useState<AnswerError>()
  const [isMaking, setMaking] = useState(false)
  const make = async () => {
    setMaking(true)
    setError(undefined)
    try {
      await fetchCopy(row)
      await refresh(path)
    } catch (cause) {
      setError(cause instanceof AnswerError ? cause : new AnswerError(0, [], { cause }))
    }
    setMaking(false)
  }
  return (
    <div className="privacy-acts" style={{ marginBottom: 16 }}>
      <Button icon={<DownloadOutlined />} loading={isMaking} onClick={() => void make()}>
        {say('makeCopy')}
      </Button>
      <Failure error={error} />
    </div>
  )
}

async function fetchCopy({ id, patient }: RequestRow): Promise<void> {
  const response = await fetch(`${path}/${id}/copy`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json', 'x-xinglin': '1' },
    body: '{}',
  })
  if (!response.ok) throw new AnswerError(response.status, issuesOf(await response.text()))
  const address = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = address
  link.download = `record-${patient.id}.ndjson`
  link.click()
  URL.revokeObjectURL(address)
}

function Failure({ error }: { readonly error: AnswerError | undefined }) {
  if (!error) return null
  return (
    <div className="x-red" role="alert">
      <FailureText error={error} />
    </div>
  )
}
