/** The queries that a person has kept: run again with one click, or deleted. */
import { DeleteOutlined, PlayCircleOutlined } from '@ant-design/icons'
import { Answered, Empty, FailureText, useAct, useAsk, useIsNarrow, useTimes, useWords } from '@xinglin/kit'
import { Button, Drawer, Popconfirm } from 'antd'
import type { SavedQueriesAnswer, SavedQuery } from '../../contract.ts'
import { savedWords } from './saved-words.ts'

export const queriesPath = '/api/record-explorer/queries'

type Props = {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly onRun: (query: SavedQuery) => void
}

export function SavedQueries({ isOpen, onClose, onRun }: Props) {
  const say = useWords(savedWords)
  const isNarrow = useIsNarrow()
  return (
    <Drawer
      open={isOpen}
      title={say('saved')}
      size={isNarrow ? '100%' : 480}
      onClose={onClose}
      destroyOnHidden
    >
      <List onRun={onRun} />
    </Drawer>
  )
}

function List({ onRun }: Pick<Props, 'onRun'>) {
  const say = useWords(savedWords)
  const answer = useAsk<SavedQueriesAnswer>(queriesPath)
  const remove = useAct(
    (id: string) => ({ path: '/api/record-explorer/commands/remove-query', body: { id } }),
    { refreshes: [queriesPath] },
  )
  return (
    <Answered answer={answer}>
      {({ queries }) => (
        <>
          {remove.error ? (
            <div className="x-red" role="alert">
              <FailureText error={remove.error} />
            </div>
          ) : null}
          {queries.length === 0 ? <Empty title={say('none')}>{say('noneHelp')}</Empty> : null}
          <ul className="rx-saved" aria-label={say('saved')}>
            {queries.map((query) => (
              <Line
                key={query.id}
                query={query}
                onRun={() => onRun(query)}
                onRemove={() => void remove.run(query.id)}
              />
            ))}
          </ul>
        </>
      )}
    </Answered>
  )
}

type LineProps = {
  readonly query: SavedQuery
  readonly onRun: () => void
  readonly onRemove: () => void
}

function Line({ query: { name, type, query, saved }, onRun, onRemove }: LineProps) {
  const say = useWords(savedWords)
  const times = useTimes()
  return (
    <li>
      <button type="button" className="rx-run" aria-label={say('run', { name })} onClick={onRun}>
        <strong>
          <PlayCircleOutlined aria-hidden /> {name}
        </strong>
        <code className="x-quiet">{query === '' ? type : `${type}?${readable(query)}`}</code>
      </button>
      <time className="x-quiet x-number">{times.moment(saved)}</time>
      <Popconfirm
        title={say('removeHelp', { name })}
        okText={say('removeIt')}
        cancelText={say('cancel')}
        okButtonProps={{ danger: true }}
        onConfirm={onRemove}
      >
        <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={say('remove', { name })} />
      </Popconfirm>
    </li>
  )
}

/** A form as people read it: `name=李`. */
function readable(form: string): string {
  return [...new URLSearchParams(form)].map(([key, value]) => `${key}=${value}`).join('&')
}
