/** Scans of everybody: started here, done by the server, seen in their progress. */
import { Empty, useAct, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button, Progress } from 'antd'
import { masterIndexPermissions as permissions, type ScanRow, type SettingsAnswer } from '../contract.ts'
import { Failure } from './parts.tsx'
import { words } from './words.ts'

export function Scans({ settings: { scans } }: { readonly settings: SettingsAnswer }) {
  const say = useWords(words)
  const mayScan = useMay(permissions.scan)
  const act = useAct(() => ({ path: '/api/master-index/commands/start-scan', body: {} }), {
    refreshes: ['/api/master-index/settings'],
  })
  const isBusy = scans.some(({ state }) => state === 'waiting' || state === 'running')
  return (
    <section className="mi-part">
      <h2>{say('scans')}</h2>
      {mayScan ? (
        <Button disabled={isBusy} loading={act.isRunning} onClick={() => void act.run(undefined)}>
          {say('scan')}
        </Button>
      ) : null}
      <Failure error={act.error} />
      {scans.length === 0 ? (
        <Empty title={say('noScans')}>{say('noScansHelp')}</Empty>
      ) : (
        scans.map((scan) => <Scan key={scan.id} scan={scan} />)
      )}
    </section>
  )
}

const signs = { waiting: '○', running: '◐', done: '✓', failed: '✗' } as const

function Scan({ scan }: { readonly scan: ScanRow }) {
  const say = useWords(words)
  const times = useTimes()
  const { state, keysDone, keysAll, people, pairs, certain, doubtful } = scan
  const percent = keysAll > 0 ? Math.floor((keysDone / keysAll) * 100) : 0
  return (
    <div className="mi-scan">
      <p>
        <strong className={state === 'failed' ? 'x-red' : ''}>
          {signs[state]} {say(state)}
        </strong>{' '}
        <span className="x-quiet">
          {say('asked')} {times.moment(scan.asked)} · {scan.askedDisplay}
          {scan.finished ? ` · ${say('done')} ${times.moment(scan.finished)}` : ''}
        </span>
      </p>
      {state === 'running' ? (
        <Progress aria-label={say('progress')} percent={Math.min(100, percent)} size="small" />
      ) : null}
      {people > 0 ? (
        <p className="x-number">{say('scanCounts', { people, pairs, certain, doubtful })}</p>
      ) : null}
    </div>
  )
}
