/** Which keys seal and sign what, how old are they, and which change is under way? */
import { Answered, Empty, useAsk, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import { type KeysAnswer, keysPath, type PurposeRow, permissions } from '../contract.ts'
import { type Asked, ChangeDialog } from './change-dialog.tsx'
import { Changes } from './changes.tsx'
import { Age } from './key-words.tsx'
import { Purposes } from './purposes.tsx'
import { words } from './words.ts'
import './keys.css'

/** While a change is under way. */
const everyMs = 2_000

export function KeysScreen() {
  const say = useWords(words)
  const answer = useAsk<KeysAnswer>(keysPath, { everyMs })
  const [asked, ask] = useState<Asked>()
  const mayRotate = useMay(permissions.rotate)
  const onAsk = mayRotate ? ask : undefined
  return (
    <div className="keys-page">
      <p className="x-quiet">{say('help')}</p>
      <Answered answer={answer}>
        {(held) => (
          <>
            <Root held={held} onAsk={onAsk} />
            <section className="keys-part">
              <h2>{say('purposes')}</h2>
              {held.purposes.length === 0 ? (
                <Empty title={say('noPurposes')}>{say('noPurposesHelp')}</Empty>
              ) : (
                <Purposes held={held} onAsk={onAsk} />
              )}
            </section>
            <section className="keys-part">
              <h2>{say('changes')}</h2>
              {held.rotations.length === 0 ? (
                <Empty title={say('noChanges')} />
              ) : (
                <Changes rotations={held.rotations} />
              )}
            </section>
          </>
        )}
      </Answered>
      {asked ? <ChangeDialog asked={asked} onClose={() => ask(undefined)} /> : null}
    </div>
  )
}

type RootProps = { readonly held: KeysAnswer; readonly onAsk: ((asked: Asked) => void) | undefined }

function Root({ held: { master, suite, encrypting, purposes, rotations }, onAsk }: RootProps) {
  const say = useWords(words)
  const times = useTimes()
  const keys = purposes.flatMap(({ versions }: PurposeRow) => versions.filter(({ retired }) => !retired))
  const isUnderWay = rotations.some(({ act, ended }) => act === 'wrap' && !ended)
  return (
    <section className="keys-part">
      <dl className="keys-root">
        <dt>{say('master')}</dt>
        <dd>
          {say(`source-${master.source}`)} · {say('fingerprint')} <code>{master.id}</code>
        </dd>
        <dt>{say('suite')}</dt>
        <dd>{say(`suite-${suite}`)}</dd>
      </dl>
      <h2>{say('encrypting')}</h2>
      <ul className="keys-list">
        {encrypting.map((key) => (
          <li key={key.id} data-key={key.id}>
            <code>{key.id}</code> {say(`suite-${key.suite}`)} · {times.moment(key.created)} ·{' '}
            <Age of={key.created} /> · {say('wraps', { count: key.wraps })}{' '}
            {key.isCurrent ? <strong>{say('current')}</strong> : say('older')}
          </li>
        ))}
      </ul>
      {onAsk ? (
        <Button
          disabled={isUnderWay}
          onClick={() => onAsk({ act: 'wrap', purpose: '', name: '', count: keys.length })}
        >
          {say('changeEncrypting')}
        </Button>
      ) : null}
    </section>
  )
}
