/** A list of what is held, with its filter: the institution's own first, then that of R4. */
import { Answered, type Column, DataGrid, Empty, useAsk, useScreen, useWords } from '@xinglin/kit'
import { Select } from 'antd'
import type { HoldingRow, HoldingsAnswer } from '../contract.ts'
import { FindInput } from './find-input.tsx'
import { shortUrl } from './names.ts'
import { type SayTerminology, words } from './words.ts'

const whose = ['all', 'own', 'standard'] as const

type Props = {
  readonly kind: 'code-systems' | 'value-sets'
  readonly label: string
  readonly columns: readonly Column<HoldingRow>[]
  readonly onOpen: (row: HoldingRow) => void
}

export function HoldingList({ kind, label, columns, onOpen }: Props) {
  const say = useWords(words)
  const { search, setSearch } = useScreen()
  const answer = useAsk<HoldingsAnswer>(`/api/terminology/${kind}`, { staleAfterMs: 30_000 })
  const of = whose.find((each) => each === search.get('of')) ?? 'all'
  return (
    <>
      <div className="term-tools">
        <FindInput label={say('find')} />
        <Select
          value={of}
          aria-label={say('whose')}
          popupMatchSelectWidth={false}
          options={whose.map((value) => ({ value, label: say(`whose_${value}`) }))}
          onChange={(next) => setSearch({ of: next === 'all' ? undefined : next })}
        />
      </div>
      <div className="term-list">
        <Answered answer={answer}>
          {({ held }) => (
            <DataGrid
              name={`terminology.${kind}`}
              label={label}
              rows={fitting(held, search.get('find') ?? '', of)}
              columns={columns}
              keyOf={keyOf}
              selectedKey={search.get('row') ?? undefined}
              onSelect={(row) => setSearch({ row: keyOf(row) })}
              onOpen={onOpen}
              opensOnClick
              narrowHeightPx={56}
              drawNarrow={(row) => <NarrowHolding row={row} say={say} />}
              empty={<Empty title={say('noneHeld')}>{say('noneHeldHelp')}</Empty>}
            />
          )}
        </Answered>
      </div>
    </>
  )
}

/** Its title, else its name, else the end of its url. */
export function titleOf({ title, name, url = '' }: HoldingRow): string {
  return title ?? name ?? shortUrl(url)
}

export function keyOf({ id, url = '', version = '', isStandard }: HoldingRow): string {
  return isStandard ? `${url}|${version}` : (id ?? `${url}|${version}`)
}

function fitting(
  held: readonly HoldingRow[],
  typed: string,
  of: (typeof whose)[number],
): readonly HoldingRow[] {
  const text = typed.trim().toLowerCase()
  return held.filter(
    (row) =>
      (of === 'all' || row.isStandard === (of === 'standard')) &&
      [row.url, row.title, row.name].some((each) => each?.toLowerCase().includes(text)),
  )
}

function NarrowHolding({ row, say }: { readonly row: HoldingRow; readonly say: SayTerminology }) {
  return (
    <div className="term-narrow">
      <div>
        <strong className="x-cut">{titleOf(row)}</strong>
        {row.count === undefined ? null : <span className="x-number">{row.count.toLocaleString('en')}</span>}
      </div>
      <div className="x-quiet">
        <span className="x-cut">{row.url}</span>
        <span>{row.isStandard ? say('isStandard') : row.version}</span>
      </div>
    </div>
  )
}

/** The columns that every kind has. */
export function commonColumns(say: SayTerminology): readonly Column<HoldingRow>[] {
  return [
    {
      key: 'name',
      title: say('name'),
      widthPx: 300,
      draw: (row) => <strong>{titleOf(row)}</strong>,
      sortBy: titleOf,
    },
    {
      key: 'version',
      title: say('version'),
      widthPx: 110,
      draw: ({ version }) => version,
      sortBy: ({ version = '' }) => version,
    },
    {
      key: 'status',
      title: say('status'),
      widthPx: 80,
      draw: ({ status }) => statusText(status, say),
      sortBy: ({ status }) => status,
    },
    {
      key: 'whose',
      title: say('whose'),
      widthPx: 90,
      draw: ({ isStandard }) => (
        <span className={isStandard ? 'x-quiet' : ''}>{say(isStandard ? 'isStandard' : 'isOwn')}</span>
      ),
    },
    {
      key: 'url',
      title: say('url'),
      widthPx: 380,
      draw: ({ url }) => <span className="x-quiet">{url}</span>,
      sortBy: ({ url = '' }) => url,
    },
  ]
}

const statuses = ['active', 'draft', 'retired', 'unknown'] as const

function statusText(status: string, say: SayTerminology): string {
  const known = statuses.find((each) => each === status)
  return known ? say(`status_${known}`) : status
}
