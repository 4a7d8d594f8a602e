/** The pairs of the work list; beside an open pair only who they are. */
import { type Column, DataGrid, type Say, type Times, useTimes, useWords } from '@xinglin/kit'
import { type ReactNode, useMemo } from 'react'
import type { PairRow } from '../contract.ts'
import { calledText, objectionWords, ruleWords, sayKey } from './meanings.ts'
import { keyOf } from './pairs.tsx'
import { OutcomeMark, PersonText } from './parts.tsx'
import { type MasterIndexWord, words } from './words.ts'

type Props = {
  readonly pairs: readonly PairRow[]
  readonly selectedKey: string | undefined
  readonly onChoose: (pair: PairRow) => void
  readonly onEndReached?: (() => void) | undefined
  readonly empty: ReactNode
}

export function PairList({ pairs, selectedKey, onChoose, onEndReached, empty }: Props) {
  const say = useWords(words)
  const times = useTimes()
  const isBeside = selectedKey !== undefined
  const columns = useMemo(
    () => (isBeside ? besideColumns(say) : columnsOf(say, times)),
    [isBeside, say, times],
  )
  return (
    <div className={isBeside ? 'mi-list mi-beside' : 'mi-list'}>
      <DataGrid
        name={isBeside ? 'master-index.beside' : 'master-index.pairs'}
        label={say('pairs')}
        rows={pairs}
        columns={columns}
        keyOf={keyOf}
        selectedKey={selectedKey}
        onSelect={onChoose}
        onOpen={onChoose}
        rowHeightPx={38}
        drawNarrow={(pair) => <NarrowPair pair={pair} />}
        narrowHeightPx={84}
        {...(onEndReached ? { onEndReached } : {})}
        empty={empty}
      />
    </div>
  )
}

function besideColumns(say: Say<MasterIndexWord>): readonly Column<PairRow>[] {
  return [
    {
      key: 'outcome',
      title: say('likelihood'),
      widthPx: 152,
      draw: (pair) => <OutcomeMark outcome={pair.outcome} probability={pair.probability} />,
    },
    {
      key: 'people',
      title: say('patients'),
      widthPx: 160,
      draw: ({ one, other }) => `${calledText(say, one)} · ${calledText(say, other)}`,
    },
  ]
}

function columnsOf(say: Say<MasterIndexWord>, times: Times): readonly Column<PairRow>[] {
  return [
    {
      key: 'outcome',
      title: say('likelihood'),
      widthPx: 152,
      draw: (pair) => <OutcomeMark outcome={pair.outcome} probability={pair.probability} />,
      sortBy: ({ bits }) => bits,
    },
    {
      key: 'one',
      title: say('record'),
      widthPx: 270,
      draw: ({ one }) => <PersonText person={one} />,
    },
    {
      key: 'other',
      title: say('record'),
      widthPx: 270,
      draw: ({ other }) => <PersonText person={other} />,
    },
    { key: 'reasons', title: say('reasons'), widthPx: 300, draw: (pair) => <Reasons pair={pair} /> },
    {
      key: 'assignee',
      title: say('assignee'),
      widthPx: 110,
      draw: ({ assignee, decided }) => assignee?.display ?? decided?.display ?? '',
    },
    {
      key: 'found',
      title: say('found'),
      widthPx: 130,
      draw: ({ found }) => times.moment(found),
      sortBy: ({ found }) => found,
    },
  ]
}

/** What speaks against comes first: it is why a person is asked. */
function Reasons({ pair: { evidence, objections } }: { readonly pair: PairRow }) {
  const say = useWords(words)
  const against = objections.map((each) => sayKey(say, objectionWords[each]))
  const rules = evidence.map((each) => sayKey(say, ruleWords[each]))
  return (
    <span title={[...against, ...rules].join('\n')}>
      {against.length > 0 ? <span className="x-amber">▲ {against.join('、')} </span> : null}
      {rules.length > 0 ? <span>✓ {rules[0]}</span> : null}
    </span>
  )
}

function NarrowPair({ pair }: { readonly pair: PairRow }) {
  return (
    <div className="mi-narrow">
      <div>
        <OutcomeMark outcome={pair.outcome} probability={pair.probability} />
        <span className="x-cut">
          <Reasons pair={pair} />
        </span>
      </div>
      <div className="x-cut">
        <PersonText person={pair.one} />
      </div>
      <div className="x-cut">
        <PersonText person={pair.other} />
      </div>
    </div>
  )
}
