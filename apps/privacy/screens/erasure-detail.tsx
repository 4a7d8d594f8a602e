/** One erasure: who said yes, what a law keeps, what was erased, its certificates, and the second person's word. */
import { DownloadOutlined } from '@ant-design/icons'
import {
  Answered,
  ask,
  Facts,
  FailureText,
  Loading,
  ReasonDialog,
  Side,
  useAct,
  useAsk,
  useLook,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Button, Modal } from 'antd'
import { useState } from 'react'
import type { CertificateAnswer, ErasurePlanAnswer, ErasureRow } from '../contract.ts'
import { type ErasureWord, erasureWords } from './erasure-words.ts'
import { ErasureState } from './erasures.tsx'
import { PatientFacts } from './patient-facts.tsx'

const path = '/api/privacy/erasures'

export function ErasureDetail({ row, onClose }: { readonly row: ErasureRow; readonly onClose: () => void }) {
  const say = useWords(erasureWords)
  const times = useTimes()
  const by = (name: string, time: string) => say('by', { name, time: times.full(time) })
  return (
    <Side title={row.patient?.name ?? say('nobody')} onClose={onClose}>
      <Facts
        facts={[
          [say('state'), <ErasureState key="state" row={row} />],
          row.patient ? [say('person'), <PatientFacts key="person" patient={row.patient} />] : undefined,
          [say('granted'), by(row.grantedBy, row.granted)],
          row.decidedBy && row.decided ? [say('confirmed'), by(row.decidedBy, row.decided)] : undefined,
          row.reason ? [say('reason'), row.reason] : undefined,
        ]}
      />
      {row.state === 'asked' ? <Planned id={row.id} /> : null}
      <Kept kept={row.kept} />
      <Erased title={say('erasedTitle')} figures={row.figures} />
      {row.certificates.map((each) => (
        <Certificate key={each.number} id={row.id} certificate={each} />
      ))}
      {row.mayDecide ? <Decision row={row} /> : null}
      {row.state === 'asked' && !row.mayDecide ? <p className="x-quiet">{say('waits')}</p> : null}
    </Side>
  )
}

/** What confirming it would come to. */
function Planned({ id }: { readonly id: string }) {
  const say = useWords(erasureWords)
  const answer = useAsk<ErasurePlanAnswer>(`${path}/${encodeURIComponent(id)}/plan`)
  return (
    <Answered answer={answer} loading={<Loading rows={3} />}>
      {({ kept, figures }) => (
        <>
          <Kept kept={kept} />
          <Erased title={say('plannedTitle')} figures={figures} />
        </>
      )}
    </Answered>
  )
}

function Kept({ kept }: Pick<ErasureRow, 'kept'>) {
  const say = useWords(erasureWords)
  const times = useTimes()
  const { language } = useLook()
  if (kept.length === 0) return null
  return (
    <section className="privacy-part">
      <h2>{say('keptTitle')}</h2>
      <ul className="privacy-fields">
        {kept.map(({ rule, says, law, clause, resources, until }) => (
          <li key={rule}>
            {say('keptLine', {
              says: says[language],
              law: law[language],
              clause,
              count: resources,
              date: times.day(until),
            })}
          </li>
        ))}
      </ul>
    </section>
  )
}

const figureWords: Readonly<Record<string, ErasureWord>> = {
  versions: 'versions',
  words: 'words',
  rewritten: 'rewritten',
  mentions: 'mentions',
  objects: 'objects',
  'traffic.message': 'messages',
  'chart.finder': 'finder',
  'master-index.person': 'index',
  'patients.account': 'accounts',
  'consent.break_glass': 'glass',
  'record-explorer.saved-query': 'queries',
  'dicom.study': 'studies',
  'bulk.export': 'exports',
  'interfaces.content': 'contents',
}

function Erased({ title, figures }: { readonly title: string } & Pick<ErasureRow, 'figures'>) {
  const say = useWords(erasureWords)
  const shown = Object.entries(figures).filter(
    ([name, count]) => count > 0 && !/^(?:rounds$|verified\.|left\.)/.test(name),
  )
  if (shown.length === 0) return null
  const wordOf = (name: string) => {
    if (name.startsWith('resources.')) return say('resources', { type: name.slice('resources.'.length) })
    const word = figureWords[name]
    return word ? say(word) : say('rows', { name })
  }
  return (
    <section className="privacy-part">
      <h2>{title}</h2>
      <Facts facts={shown.map(([name, count]) => [wordOf(name), String(count)])} />
    </section>
  )
}

type CertificateProps = {
  readonly id: string
  readonly certificate: ErasureRow['certificates'][number]
}

function Certificate({ id, certificate: { number, at, sha256 } }: CertificateProps) {
  const say = useWords(erasureWords)
  const times = useTimes()
  return (
    <section className="privacy-part">
      <h2>{say('certificate', { number })}</h2>
      <p className="x-quiet">
        {times.full(at)} · {say('certificateHelp')}
      </p>
      <p>
        {say('hash')} <code className="privacy-hash">{sha256}</code>
      </p>
      <Button icon={<DownloadOutlined />} onClick={() => void download(id, number)}>
        {say('download')}
      </Button>
    </section>
  )
}

/** The signed text with its signature and public key, as one file. */
async function download(id: string, number: number): Promise<void> {
  const answer = await ask<CertificateAnswer>(`${path}/${encodeURIComponent(id)}/certificates/${number}`)
  const address = URL.createObjectURL(
    new Blob([JSON.stringify(answer, undefined, 2)], { type: 'application/json' }),
  )
  const link = document.createElement('a')
  link.href = address
  link.download = `erasure-${id}-${number}.json`
  link.click()
  URL.revokeObjectURL(address)
}

function Decision({ row: { id } }: { readonly row: ErasureRow }) {
  const say = useWords(erasureWords)
  const [asking, setAsking] = useState<'confirm' | 'decline'>()
  const confirm = useAct(() => ({ path: `${path}/${encodeURIComponent(id)}/confirm`, body: {} }), {
    refreshes: [path],
  })
  const decline = useAct(
    (reason: string) => ({ path: `${path}/${encodeURIComponent(id)}/decline`, body: { reason } }),
    { refreshes: [path] },
  )
  const finish = async (run: () => Promise<{ readonly isDone: boolean }>) => {
    if ((await run()).isDone) setAsking(undefined)
  }
  return (
    <section className="privacy-part">
      <div className="privacy-acts">
        <Button danger type="primary" onClick={() => setAsking('confirm')}>
          {say('confirm')}
        </Button>
        <Button onClick={() => setAsking('decline')}>{say('decline')}</Button>
      </div>
      <Modal
        open={asking === 'confirm'}
        title={say('confirmTitle')}
        okText={say('confirm')}
        cancelText={say('cancel')}
        okButtonProps={{ danger: true, loading: confirm.isRunning }}
        onOk={() => void finish(() => confirm.run(undefined))}
        onCancel={() => setAsking(undefined)}
      >
        <p>{say('confirmText')}</p>
        {confirm.error ? (
          <div className="x-red" role="alert">
            <FailureText error={confirm.error} />
          </div>
        ) : null}
      </Modal>
      <ReasonDialog
        isOpen={asking === 'decline'}
        title={say('decline')}
        act={say('decline')}
        isRunning={decline.isRunning}
        {...(decline.error ? { error: decline.error } : {})}
        onAct={(reason) => void finish(() => decline.run(reason))}
        onCancel={() => setAsking(undefined)}
      >
        <p className="x-quiet">{say('declineText')}</p>
      </ReasonDialog>
    </section>
  )
}
