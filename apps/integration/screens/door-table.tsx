/** One line a door: what it received lately, how fast, and when last. A click shows that door's messages alone. */
import { Answered, useAsk, useTimes, useWords } from '@xinglin/kit'
import type { DoorId, DoorRow, DoorsAnswer } from '../contract.ts'
import { integrationWords } from './integration-words.ts'

/** Counts move by themselves even where nothing settles: old messages leave the span. */
const askEveryMs = 5_000

/** Left out on a phone, where what was refused matters most. */
const wide: ReadonlySet<string> = new Set(['perMinute', 'latencyHalf', 'latencyMost'])

type Props = { readonly door: string | undefined; readonly onChoose: (door: string | undefined) => void }

export function DoorTable({ door, onChoose }: Props) {
  const say = useWords(integrationWords)
  const answer = useAsk<DoorsAnswer>('/api/integration/doors?minutes=15', { everyMs: askEveryMs })
  return (
    <Answered answer={answer}>
      {({ doors, minutes }) => (
        <table className="i-doors">
          <caption className="x-quiet">{say('lastMinutes', { minutes })}</caption>
          <thead>
            <tr>
              <th>{say('door')}</th>
              {(['received', 'accepted', 'refused', 'perMinute', 'latencyHalf', 'latencyMost'] as const).map(
                (key) => (
                  <th key={key} className={`i-right ${wide.has(key) ? 'i-wide' : ''}`}>
                    {say(key)}
                  </th>
                ),
              )}
              <th>{say('lastMessage')}</th>
            </tr>
          </thead>
          <tbody>
            {doors.map((row) => (
              <DoorLine
                key={row.door}
                row={row}
                minutes={minutes}
                isChosen={row.door === door}
                onChoose={() => onChoose(row.door === door ? undefined : row.door)}
              />
            ))}
          </tbody>
        </table>
      )}
    </Answered>
  )
}

type LineProps = {
  readonly row: DoorRow
  readonly minutes: number
  readonly isChosen: boolean
  readonly onChoose: () => void
}

function DoorLine({ row, minutes, isChosen, onChoose }: LineProps) {
  const say = useWords(integrationWords)
  const times = useTimes()
  const name: DoorId = row.door
  return (
    <tr className={isChosen ? 'i-chosen' : ''}>
      <th scope="row">
        <button type="button" aria-pressed={isChosen} onClick={onChoose}>
          {say(name)}
        </button>
      </th>
      <td className="i-right x-number">{row.received}</td>
      <td className="i-right x-number">{row.accepted}</td>
      <td className={`i-right x-number ${row.refused > 0 ? 'x-red' : ''}`}>
        {row.refused > 0 ? `✕ ${row.refused}` : 0}
      </td>
      <td className="i-right x-number i-wide">{(row.received / minutes).toFixed(1)}</td>
      <Milliseconds value={row.latencyP50Ms} />
      <Milliseconds value={row.latencyP95Ms} />
      <td className="x-number">
        {row.lastAt ? (
          <time title={times.full(row.lastAt)}>{times.moment(row.lastAt)}</time>
        ) : (
          <span className="x-quiet">{say('never')}</span>
        )}
      </td>
    </tr>
  )
}

function Milliseconds({ value }: { readonly value: number | undefined }) {
  const say = useWords(integrationWords)
  if (value === undefined) return <td className="i-right x-quiet i-wide">–</td>
  return (
    <td className="i-right x-number i-wide">
      {value < 10 ? value.toFixed(1) : Math.round(value)}
      <span className="x-unit">{say('ms')}</span>
    </td>
  )
}
