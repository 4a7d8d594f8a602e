/** Changes of keys, newest first, each with how far it is, by whom and why. */

import { useTimes, useWords } from '@xinglin/kit'
import { Progress } from 'antd'
import type { Rotation } from '../contract.ts'
import { purposeText } from './key-words.tsx'
import { words } from './words.ts'

export function Changes({ rotations }: { readonly rotations: readonly Rotation[] }) {
  const say = useWords(words)
  const times = useTimes()
  return (
    <div className="keys-scroll">
      <table className="keys-table">
        <thead>
          <tr>
            {(['purpose', 'state', 'who', 'asked'] as const).map((column) => (
              <th key={column}>{say(column)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rotations.map((rotation) => (
            <tr key={rotation.id} data-rotation={rotation.id} data-state={rotation.state}>
              <td>
                {say(`act-${rotation.act}`)}
                <div className="x-quiet">{purposeText(rotation.purpose, say)}</div>
              </td>
              <td>
                <How rotation={rotation} />
              </td>
              <td>
                {rotation.display} · {rotation.reason}
              </td>
              <td>{times.moment(rotation.asked)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function How({ rotation: { state, moved, due, remains } }: { readonly rotation: Rotation }) {
  const say = useWords(words)
  const counted = say('progress', { moved, due })
  const percent = due === 0 ? 100 : Math.min(100, Math.floor((100 * moved) / due))
  switch (state) {
    case 'done':
      return (
        <>
          ✓ {say('state-done')} {due > 0 ? <span className="x-quiet">{counted}</span> : null}
        </>
      )
    case 'kept':
      return (
        <>
          <span className="x-amber">{say('state-kept')}</span>
          <ul className="keys-list">
            {Object.entries(remains).map(([place, count]) => (
              <li key={place}>{say('under', { key: place, count })}</li>
            ))}
          </ul>
        </>
      )
    case 'making':
    case 'sealing':
    case 'settling':
    case 'counting':
      return (
        <>
          {say(`state-${state}`)} <span className="x-quiet">{counted}</span>
          <Progress percent={percent} size="small" showInfo={false} aria-label={say('state')} />
        </>
      )
  }
}
