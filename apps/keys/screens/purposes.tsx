/** Each purpose with its versions, where its values lie, and what can be done about it. */
import { Answered, useAsk, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import type { CountAnswer, KeysAnswer, PurposeRow } from '../contract.ts'
import type { Asked } from './change-dialog.tsx'
import { Age, purposeText } from './key-words.tsx'
import { words } from './words.ts'

type Props = { readonly held: KeysAnswer; readonly onAsk: ((asked: Asked) => void) | undefined }

export function Purposes({ held: { purposes, rotations }, onAsk }: Props) {
  const say = useWords(words)
  const running = new Set(rotations.flatMap(({ purpose, ended }) => (ended ? [] : [purpose])))
  return (
    <div className="keys-scroll">
      <table className="keys-table">
        <thead>
          <tr>
            {(['purpose', 'versions', 'places', 'acts'] as const).map((column) => (
              <th key={column}>{say(column)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {purposes.map((row) => (
            <tr key={row.purpose} data-purpose={row.purpose}>
              <td>
                {purposeText(row.purpose, say)}
                <div className="x-quiet">{row.purpose}</div>
              </td>
              <td>
                <Versions row={row} />
              </td>
              <td>
                {/* A count is of one moment: it goes when a change begins or ends. */}
                <Places key={`${row.versions.length} ${running.has(row.purpose)}`} row={row} />
              </td>
              <td>{onAsk ? <Acts row={row} isRunning={running.has(row.purpose)} onAsk={onAsk} /> : null}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Versions({ row: { versions } }: { readonly row: PurposeRow }) {
  const say = useWords(words)
  const times = useTimes()
  return (
    <ul className="keys-list">
      {versions.map(({ id, kind, version, created, isCurrent, retired }) => (
        <li key={id} data-key={id} className={retired ? 'x-quiet' : ''}>
          <code>{id}</code> {kind === 'signing' ? say('kindSigning') : say('kindData')} {version} ·{' '}
          {times.moment(created)} · <Age of={created} /> ·{' '}
          {retired ? say('retired') : isCurrent ? <strong>{say('current')}</strong> : say('older')}
        </li>
      ))}
    </ul>
  )
}

function Places({ row: { purpose, versions, places } }: { readonly row: PurposeRow }) {
  const say = useWords(words)
  const [isCounting, setCounting] = useState(false)
  if (versions.every(({ kind }) => kind === 'signing'))
    return <span className="x-quiet">{say('signsOnly')}</span>
  if (places.length === 0) return <span className="x-amber">{say('unknownPlaces')}</span>
  return (
    <>
      <ul className="keys-list">
        {places.map((place) => (
          <li key={place}>
            <code>{place}</code>
          </li>
        ))}
      </ul>
      {isCounting ? (
        <Counted purpose={purpose} />
      ) : (
        <Button size="small" type="link" onClick={() => setCounting(true)}>
          {say('count')}
        </Button>
      )}
    </>
  )
}

/** Looks at every row, so it is asked for, not followed. */
function Counted({ purpose }: { readonly purpose: string }) {
  const say = useWords(words)
  const answer = useAsk<CountAnswer>(`/api/keys/purposes/${encodeURIComponent(purpose)}/count`)
  return (
    <Answered answer={answer}>
      {({ counts }) => {
        const under = Object.values(counts).flatMap((byKey) => Object.entries(byKey))
        const sums = Map.groupBy(under, ([key]) => key)
        if (sums.size === 0) return <span className="x-quiet">{say('nothing')}</span>
        return (
          <ul className="keys-list">
            {[...sums].map(([key, each]) => (
              <li key={key}>{say('under', { key, count: each.reduce((sum, [, n]) => sum + n, 0) })}</li>
            ))}
          </ul>
        )
      }}
    </Answered>
  )
}

type ActsProps = {
  readonly row: PurposeRow
  readonly isRunning: boolean
  readonly onAsk: (asked: Asked) => void
}

function Acts({ row: { purpose, versions, places }, isRunning, onAsk }: ActsProps) {
  const say = useWords(words)
  const name = purposeText(purpose, say)
  const seals = versions.some(({ kind }) => kind === 'data')
  const count = versions.filter(({ isCurrent, retired }) => !isCurrent && !retired).length
  return (
    <div className="keys-acts">
      <Button
        size="small"
        disabled={isRunning || (seals && places.length === 0)}
        onClick={() => onAsk({ act: 'rotate', purpose, name, count })}
      >
        {say('rotate')}
      </Button>
      {count > 0 ? (
        <Button
          size="small"
          danger
          disabled={isRunning}
          onClick={() => onAsk({ act: 'retire', purpose, name, count })}
        >
          {say('retire')}
        </Button>
      ) : null}
    </div>
  )
}
