/** One line an interface, what needs a person first to be seen. */
import { type Column, DataGrid, Empty, useLook, useWords } from '@xinglin/kit'
import type { InterfaceRow } from '../contract.ts'
import { Mark, worstOf } from './interface-state.tsx'
import { type InterfaceWord, interfaceWords } from './interface-words.ts'
import { msBetween, Span } from './span.tsx'

type Props = { readonly interfaces: readonly InterfaceRow[]; readonly onOpen: (id: string) => void }

export function InterfaceList({ interfaces, onOpen }: Props) {
  const say = useWords(interfaceWords)
  const { language } = useLook()
  return (
    <div className="i-list">
      <DataGrid
        name="integration.interfaces"
        label={say('interfaces')}
        rows={interfaces}
        columns={columnsOf(say, language)}
        keyOf={({ id }) => id}
        onOpen={({ id }) => onOpen(id)}
        opensOnClick
        autoFocus
        rowHeightPx={38}
        drawNarrow={(row) => <NarrowLine row={row} />}
        empty={<Empty title={say('none')}>{say('noneHelp')}</Empty>}
      />
    </div>
  )
}

function NarrowLine({ row }: { readonly row: InterfaceRow }) {
  const say = useWords(interfaceWords)
  const { language } = useLook()
  const { waiting, refused } = totalsOf(row)
  return (
    <div className="i-narrow">
      <div>
        <strong className="x-cut">{row.title[language]}</strong>
        <Mark doing={worstOf(row)} />
      </div>
      <div className="x-quiet">
        <span>
          {say('waiting')} {waiting}
        </span>
        <span className={refused > 0 ? 'x-red' : ''}>
          {say('laidAside')} {refused}
        </span>
      </div>
    </div>
  )
}

type Totals = {
  waiting: number
  refused: number
  errors: number
  lately: number
  oldestMs?: number
  lagMs?: number
}

function totalsOf({ source, destinations }: InterfaceRow): Totals {
  const sum = (of: (each: InterfaceRow['destinations'][number]) => number) =>
    destinations.reduce((total, each) => total + of(each), 0)
  const oldest = destinations.flatMap(({ oldestAt }) => oldestAt ?? []).toSorted()[0]
  const lags = destinations.flatMap(({ tally }) => tally.lagMeanMs ?? [])
  return {
    waiting: sum(({ waiting }) => waiting),
    refused: sum(({ refused }) => refused),
    errors: source.tally.refused + sum(({ tally }) => tally.refused),
    lately: source.tally.doneLately,
    ...(oldest ? { oldestMs: msBetween(oldest, new Date().toISOString()) } : {}),
    ...(lags.length > 0 ? { lagMs: Math.max(...lags) } : {}),
  }
}

function columnsOf(
  say: (word: InterfaceWord) => string,
  language: 'zh' | 'en',
): readonly Column<InterfaceRow>[] {
  const number = (key: InterfaceWord, widthPx: number, of: (totals: Totals) => number, tone = '') => ({
    key,
    title: say(key),
    widthPx,
    align: 'right' as const,
    sortBy: (row: InterfaceRow) => of(totalsOf(row)),
    draw: (row: InterfaceRow) => {
      const value = of(totalsOf(row))
      return <span className={`x-number ${value > 0 ? tone : ''}`}>{value}</span>
    },
  })
  return [
    {
      key: 'name',
      title: say('name'),
      widthPx: 150,
      draw: ({ title }) => <strong>{title[language]}</strong>,
      sortBy: ({ title }) => title[language],
    },
    { key: 'state', title: say('state'), widthPx: 120, draw: (row) => <Mark doing={worstOf(row)} /> },
    { key: 'version', title: say('version'), widthPx: 80, draw: ({ version }) => version },
    {
      key: 'source',
      title: say('source'),
      widthPx: 170,
      draw: ({ source }) => [source.kind, source.address].filter(Boolean).join(' · '),
    },
    {
      key: 'destinations',
      title: say('destinations'),
      widthPx: 150,
      draw: ({ destinations }) => destinations.map(({ id }) => id).join(' · '),
    },
    number('waiting', 70, ({ waiting }) => waiting),
    {
      key: 'oldest',
      title: say('oldest'),
      widthPx: 110,
      align: 'right',
      draw: (row) => <Span ms={totalsOf(row).oldestMs} />,
    },
    number('laidAside', 90, ({ refused }) => refused, 'x-red'),
    number('errors', 110, ({ errors }) => errors, 'x-red'),
    {
      key: 'rate',
      title: say('perMinute'),
      widthPx: 130,
      align: 'right',
      draw: (row) => <span className="x-number">{(totalsOf(row).lately / 5).toFixed(1)}</span>,
    },
    {
      key: 'lag',
      title: say('lag'),
      widthPx: 100,
      align: 'right',
      draw: (row) => <Span ms={totalsOf(row).lagMs} />,
    },
  ]
}
