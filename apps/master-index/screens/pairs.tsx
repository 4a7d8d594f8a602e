/** Which patients may be one person, and who judges them? */
import {
  Answered,
  Empty,
  Go,
  useAsk,
  useAskPages,
  useLive,
  useMay,
  useRefresh,
  useScreen,
  useWords,
} from '@xinglin/kit'
import { Checkbox, Input, Segmented, Select } from 'antd'
import { useEffect, useState } from 'react'
import {
  masterIndexScreens as addresses,
  masterIndexPermissions,
  type PairRow,
  type PairState,
  type PairsAnswer,
} from '../contract.ts'
import { Comparison } from './comparison.tsx'
import { sayKey, stateWords } from './meanings.ts'
import { PairList } from './pair-list.tsx'
import { words } from './words.ts'
import './master-index.css'

const path = '/api/master-index/pairs'
const states = ['open', 'later', 'different', 'same', 'linked'] as const
/** New pairs come from the log some moments after a registration; a list that is looked at is asked for again this often. */
const lookEveryMs = 20_000

export function PairsScreen() {
  const { search, isActive } = useScreen()
  const refresh = useRefresh()
  // Kept by the tab, not by its address: a name in an address would stay in histories.
  const [text, setText] = useState('')
  useLive({ kinds: ['master-index.*'] }, () => void refresh(path))
  useEffect(() => {
    if (!isActive) return
    const timer = setInterval(() => void refresh(path), lookEveryMs)
    return () => clearInterval(timer)
  }, [isActive, refresh])
  const asked = new URLSearchParams({
    state: stateOf(search),
    ...(search.get('mine') ? { mine: '1' } : {}),
    ...(search.get('outcome') ? { outcome: search.get('outcome') ?? '' } : {}),
  })
  return text ? (
    <FoundPairs asked={asked} text={text} onFind={setText} />
  ) : (
    <AllPairs asked={asked} onFind={setText} />
  )
}

function stateOf(search: URLSearchParams): PairState {
  return states.find((each) => each === search.get('state')) ?? 'open'
}

type Finding = { readonly asked: URLSearchParams; readonly onFind: (text: string) => void }

function AllPairs({ asked, onFind }: Finding) {
  const say = useWords(words)
  const { answer, more } = useAskPages<PairsAnswer>(`${path}?${asked}`, 'after')
  const counts = answer.state === 'ready' ? answer.data[0]?.counts : undefined
  return (
    <div className="mi-screen">
      <Tools counts={counts} text="" onFind={onFind} />
      <Answered answer={answer}>
        {(pages) => (
          <ListAndPair
            pairs={pages.flatMap(({ pairs }) => pairs)}
            onEndReached={more}
            empty={<Empty title={say('noPairs')}>{say('noPairsHelp')}</Empty>}
          />
        )}
      </Answered>
    </div>
  )
}

function FoundPairs({ asked, text, onFind }: Finding & { readonly text: string }) {
  const say = useWords(words)
  const answer = useAsk<PairsAnswer>(`${path}/find`, {
    body: { ...Object.fromEntries(asked), text },
    keepsPrevious: true,
  })
  return (
    <div className="mi-screen">
      <Tools counts={answer.state === 'ready' ? answer.data.counts : undefined} text={text} onFind={onFind} />
      <Answered answer={answer}>
        {({ pairs }) => (
          <ListAndPair
            pairs={pairs}
            empty={<Empty title={say('noPairsFound')}>{say('noPairsHelp')}</Empty>}
          />
        )}
      </Answered>
    </div>
  )
}

type ToolsProps = {
  readonly counts: PairsAnswer['counts'] | undefined
  readonly text: string
  readonly onFind: (text: string) => void
}

function Tools({ counts, text, onFind }: ToolsProps) {
  const say = useWords(words)
  const { search, setSearch } = useScreen()
  const maySet = useMay(masterIndexPermissions.readSettings)
  return (
    <div className="mi-tools">
      <Segmented
        value={stateOf(search)}
        options={states.map((value) => ({
          value,
          label: `${sayKey(say, stateWords[value])}${counts?.[value] ? ` ${counts[value]}` : ''}`,
        }))}
        onChange={(state) => setSearch({ state, pair: undefined })}
      />
      <Select
        aria-label={say('likelihood')}
        value={search.get('outcome') ?? ''}
        style={{ width: 130 }}
        options={[
          { value: '', label: say('anyOutcome') },
          { value: 'certain', label: say('certain') },
          { value: 'doubtful', label: say('doubtful') },
        ]}
        onChange={(outcome) => setSearch({ outcome, pair: undefined })}
      />
      <Checkbox
        checked={search.get('mine') !== null}
        onChange={(event) => setSearch({ mine: event.target.checked ? '1' : undefined, pair: undefined })}
      >
        {say('mine')}
      </Checkbox>
      <Input.Search
        allowClear
        defaultValue={text}
        className="mi-find"
        placeholder={say('findPlaceholder')}
        aria-label={say('findPlaceholder')}
        onSearch={(typed) => onFind(typed.trim())}
      />
      <span className="mi-end">
        <Go to={addresses.merges}>{say('merges')}</Go>
        {maySet ? <Go to={addresses.settings}>{say('settings')}</Go> : null}
      </span>
    </div>
  )
}

type ListProps = {
  readonly pairs: readonly PairRow[]
  readonly onEndReached?: (() => void) | undefined
  readonly empty: React.ReactNode
}

function ListAndPair({ pairs, onEndReached, empty }: ListProps) {
  const { search, setSearch } = useScreen()
  const at = pairs.findIndex((pair) => keyOf(pair) === search.get('pair'))
  const chosen = pairs[at]
  const choose = (pair: PairRow | undefined) => setSearch({ pair: pair && keyOf(pair) })
  const [next, previous] = [pairs[at + 1], pairs[at - 1]]
  return (
    <div className="mi-body">
      <PairList
        pairs={pairs}
        selectedKey={chosen && keyOf(chosen)}
        onChoose={choose}
        onEndReached={onEndReached}
        empty={empty}
      />
      {chosen ? (
        <Comparison
          key={keyOf(chosen)}
          one={chosen.one.id}
          other={chosen.other.id}
          onNext={next && (() => choose(next))}
          onPrevious={previous && (() => choose(previous))}
          onDone={() => choose(next ?? previous)}
          onClose={() => choose(undefined)}
        />
      ) : null}
    </div>
  )
}

/** One pair in an address. */
export function keyOf({ one, other }: Pick<PairRow, 'one' | 'other'>): string {
  return `${one.id} ${other.id}`
}
