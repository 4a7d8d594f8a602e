/** One merge, and undoing it: what goes back, what is left to people, and what came since. */
import { Answered, Go, useAct, useAsk, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button, Checkbox, Input } from 'antd'
import { useState } from 'react'
import { type MergeRow, masterIndexPermissions, pairAddress, type UndoPreview } from '../contract.ts'
import { Field } from './field.tsx'
import { itemWords, sayKey, typeText } from './meanings.ts'
import { MergeState } from './merges.tsx'
import { Failure, PersonText, Side } from './parts.tsx'
import { words } from './words.ts'

/** Fewer characters than this are no reason. */
const shortestReason = 2
const kinds = ['conflict', 'deleted', 'moved-back', 'restored'] as const

type Props = { readonly row: MergeRow; readonly onClose: () => void }

export function MergeDetail({ row, onClose }: Props) {
  const say = useWords(words)
  const times = useTimes()
  const mayUndo = useMay(masterIndexPermissions.merge)
  const { survivor, merged, undone } = row
  const [one = '', other = ''] = [survivor.id, merged.id].toSorted()
  return (
    <Side title={say('merges')} label={say('merges')} onClose={onClose}>
      <div className="mi-side-body">
        <dl className="mi-facts">
          <dt>{say('state')}</dt>
          <dd>
            <MergeState row={row} />
          </dd>
          <dt>{say('survivor')}</dt>
          <dd>
            <PersonText person={survivor} />
          </dd>
          <dt>{say('merged')}</dt>
          <dd>
            <PersonText person={merged} />
          </dd>
          <dt>{say('at')}</dt>
          <dd>{times.full(row.at)}</dd>
          <dt>{say('by')}</dt>
          <dd>
            {row.actorDisplay} · {say(row.origin === 'desk' ? 'originDesk' : 'originMessage')}
          </dd>
          <dt>{say('reason')}</dt>
          <dd>{row.reason}</dd>
        </dl>
        <p>
          <Go to={pairAddress({ one, other })}>{say('compare')}</Go>
        </p>
        {undone ? (
          <p>
            {say('undoneBy', { name: undone.display, time: times.full(undone.at), reason: undone.reason })}
          </p>
        ) : null}
        {mayUndo && !undone ? <Undoing merge={row.id} /> : null}
      </div>
    </Side>
  )
}

function Undoing({ merge }: { readonly merge: string }) {
  const say = useWords(words)
  const answer = useAsk<UndoPreview>(`/api/master-index/merges/${encodeURIComponent(merge)}/undo`)
  return (
    <section className="mi-part">
      <h2>{say('undoTitle')}</h2>
      <Answered answer={answer}>{(preview) => <UndoForm preview={preview} />}</Answered>
    </section>
  )
}

function UndoForm({ preview }: { readonly preview: UndoPreview }) {
  const say = useWords(words)
  const [reason, setReason] = useState('')
  const [also, setAlso] = useState<readonly string[]>([])
  const act = useAct(
    () => ({
      path: '/api/master-index/commands/undo-merge',
      body: { merge: preview.merge.id, reason: reason.trim(), alsoMove: also },
    }),
    { refreshes: ['/api/master-index'] },
  )
  return (
    <>
      <p className="x-quiet">{say('undoHelp')}</p>
      <Items preview={preview} />
      {preview.since.length > 0 ? <Since since={preview.since} chosen={also} onChoose={setAlso} /> : null}
      <Field label={say('reason')}>
        <Input.TextArea
          rows={2}
          value={reason}
          placeholder={say('undoReason')}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      <Failure error={act.error} />
      <Button
        danger
        disabled={reason.trim().length < shortestReason}
        loading={act.isRunning}
        onClick={() => void act.run(undefined)}
      >
        {say('undo')}
      </Button>
    </>
  )
}

/** By what becomes of them; what is left to people is named one by one. */
function Items({ preview: { items } }: { readonly preview: UndoPreview }) {
  const say = useWords(words)
  return kinds.map((kind) => {
    const some = items.filter((item) => item.kind === kind)
    if (some.length === 0) return null
    const isLeft = kind === 'conflict' || kind === 'deleted'
    return (
      <div key={kind} className="mi-moves">
        <h3 className={isLeft ? 'x-amber' : ''}>
          {isLeft ? '▲ ' : '✓ '}
          {sayKey(say, itemWords[kind])}
        </h3>
        <ul>
          {isLeft ? (
            some.map((item) => <Named key={`${item.type}/${item.id}`} item={item} />)
          ) : (
            <Counts items={some} />
          )}
        </ul>
      </div>
    )
  })
}

type Item = { readonly type: string; readonly id: string }

function Counts({ items }: { readonly items: readonly Item[] }) {
  const say = useWords(words)
  const types = [...new Set(items.map(({ type }) => type))]
  return types.map((type) => (
    <li key={type}>
      {typeText(say, type)}{' '}
      <span className="x-number">
        {say('movesCount', { count: items.filter((item) => item.type === type).length })}
      </span>
    </li>
  ))
}

function Named({ item: { type, id } }: { readonly item: Item }) {
  const say = useWords(words)
  return (
    <li>
      <Go to={`/record-explorer/resources/${type}/${encodeURIComponent(id)}`}>
        {typeText(say, type)} <code>{id}</code>
      </Go>
    </li>
  )
}

type SinceProps = {
  readonly since: readonly Item[]
  readonly chosen: readonly string[]
  readonly onChoose: (chosen: readonly string[]) => void
}

function Since({ since, chosen, onChoose }: SinceProps) {
  const say = useWords(words)
  return (
    <div className="mi-moves">
      <h3>{say('sinceTitle')}</h3>
      <p className="x-quiet">{say('sinceHelp')}</p>
      <ul className="mi-since">
        {since.map(({ type, id }) => {
          const key = `${type}/${id}`
          return (
            <li key={key}>
              <Checkbox
                checked={chosen.includes(key)}
                onChange={(event) =>
                  onChoose(event.target.checked ? [...chosen, key] : chosen.filter((each) => each !== key))
                }
              >
                {typeText(say, type)} <code>{id}</code>
              </Checkbox>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
