/** What are the entries in a standard terminology? What is missing is proposed, what is proposed is reviewed by somebody else. */
import {
  Answered,
  type Column,
  DataGrid,
  Empty,
  FailureText,
  useAct,
  useAsk,
  useAskPages,
  useScreen,
  useWords,
} from '@xinglin/kit'
import { Button, Segmented, Select } from 'antd'
import { useMemo, useState } from 'react'
import {
  type ByNameAnswer,
  dictionariesPath,
  type MappingRow,
  type MappingsAnswer,
  type TargetsAnswer,
} from '../contract.ts'
import { percentOf, shortName } from './coverage.ts'
import type { PartProps } from './dictionary.tsx'
import { MappingDetail } from './mapping-detail.tsx'
import { words } from './words.ts'

const amongs = ['none', 'proposed', 'reviewed', 'all'] as const

export function MappingsPart({ dictionary }: PartProps) {
  const say = useWords(words)
  const { search, setSearch } = useScreen()
  const targets = useAsk<TargetsAnswer>(`${dictionariesPath}/targets`, { staleAfterMs: 60_000 })
  const target = search.get('target') ?? dictionary.targets[0]?.target
  const offered = targets.state === 'ready' ? targets.data.targets : []
  const known = offered.some(({ url }) => url === target) || target === undefined
  const options = [...offered, ...(known ? [] : [{ url: target, title: shortName(target) }])]
    .filter(({ url }) => url !== dictionary.url)
    .map(({ url, title }) => ({ value: url, label: title === url ? url : `${title} · ${url}` }))
  return (
    <>
      <div className="dict-tools">
        <Select
          showSearch
          className="dict-target"
          aria-label={say('target')}
          placeholder={say('chooseTarget')}
          popupMatchSelectWidth={false}
          loading={targets.state === 'loading'}
          value={target ?? null}
          options={options}
          optionFilterProp="label"
          onChange={(url: string) => setSearch({ target: url, chosen: undefined })}
        />
        {targets.state === 'failed' || targets.state === 'refused' ? (
          <div className="x-red" role="alert">
            <FailureText error={targets.error} />
          </div>
        ) : null}
      </div>
      {target === undefined ? (
        <Empty title={say('chooseTarget')} />
      ) : (
        <Workbench key={target} dictionary={dictionary} target={target} />
      )}
    </>
  )
}

type Props = PartProps & { readonly target: string }

function Workbench({ dictionary, target }: Props) {
  const say = useWords(words)
  const { search, setSearch } = useScreen()
  const among = amongs.find((each) => each === search.get('among')) ?? 'none'
  const query = new URLSearchParams({ target, among })
  const path = `${dictionariesPath}/dictionaries/${encodeURIComponent(dictionary.key)}`
  const { answer, more, isLoadingMore } = useAskPages<MappingsAnswer>(`${path}/mappings?${query}`, 'after')
  const columns = useColumns()
  const coverage = dictionary.targets.find((each) => each.target === target) ?? { mapped: 0, toReview: 0 }
  return (
    <>
      <div className="dict-tools">
        <Segmented
          value={among}
          options={amongs.map((value) => ({ value, label: say(`among-${value}`) }))}
          onChange={(value) => setSearch({ among: value, chosen: undefined })}
        />
        <span role="status">
          {say('coverageLine', {
            ...{ mapped: coverage.mapped, entries: dictionary.entries, toReview: coverage.toReview },
            percent: percentOf(coverage, dictionary.entries),
          })}
        </span>
        <ByName path={path} target={target} />
      </div>
      <Answered answer={answer}>
        {(pages) => {
          const rows = pages.flatMap(({ mappings }) => mappings)
          const chosen = rows.find((row) => keyOf(row) === search.get('chosen'))
          return (
            <div className="dict-body">
              <div className="dict-list">
                <DataGrid
                  name="dictionaries.mappings"
                  label={say('part-mappings')}
                  rows={rows}
                  columns={columns}
                  keyOf={keyOf}
                  selectedKey={chosen ? keyOf(chosen) : undefined}
                  onSelect={(row) => setSearch({ chosen: keyOf(row) })}
                  onOpen={(row) => setSearch({ chosen: keyOf(row) })}
                  drawNarrow={(row) => <NarrowMapping row={row} />}
                  {...(more && !isLoadingMore ? { onEndReached: more } : {})}
                  empty={<Empty title={say('noMappings')} />}
                />
              </div>
              {chosen ? (
                <MappingDetail
                  key={keyOf(chosen)}
                  dictionary={dictionary.key}
                  target={target}
                  row={chosen}
                  onClose={() => setSearch({ chosen: undefined })}
                />
              ) : null}
            </div>
          )
        }}
      </Answered>
    </>
  )
}

function keyOf({ code, targetCode = '' }: MappingRow): string {
  return `${code}→${targetCode}`
}

type Tally = { readonly looked: number; readonly proposed: number }

/** Goes through the whole dictionary, page after page, and tells how far it is. */
function ByName({ path, target }: { readonly path: string; readonly target: string }) {
  const say = useWords(words)
  const [tally, setTally] = useState<Tally>()
  const [isRunning, setRunning] = useState(false)
  const act = useAct<string, ByNameAnswer>(
    (after) => ({ path: `${path}/mappings/by-name`, body: { target, after } }),
    { refreshes: [dictionariesPath] },
  )
  const run = async () => {
    setRunning(true)
    let sum: Tally = { looked: 0, proposed: 0 }
    for (let after: string | undefined = ''; after !== undefined; ) {
      const ran = await act.run(after)
      if (!ran.isDone) break
      const { looked, proposed, next } = ran.output
      sum = { looked: sum.looked + looked, proposed: sum.proposed + proposed }
      setTally(sum)
      after = next
    }
    setRunning(false)
  }
  return (
    <>
      <Button loading={isRunning} onClick={() => void run()}>
        {say('byName')}
      </Button>
      {tally ? <span role="status">{say('byNameDone', tally)}</span> : null}
      {act.error ? (
        <span className="x-red" role="alert">
          <FailureText error={act.error} />
        </span>
      ) : null}
    </>
  )
}

function useColumns(): readonly Column<MappingRow>[] {
  const say = useWords(words)
  return useMemo(
    () => [
      { key: 'code', title: say('code'), widthPx: 120, draw: ({ code }) => code },
      { key: 'display', title: say('display'), widthPx: 220, draw: ({ display }) => display },
      {
        key: 'target',
        title: say('mappedTo'),
        widthPx: 300,
        draw: ({ targetCode, targetDisplay }) => (targetCode ? `${targetCode} ${targetDisplay}` : ''),
      },
      {
        key: 'equivalence',
        title: say('equivalence'),
        widthPx: 90,
        draw: ({ equivalence }) => (equivalence ? say(`relation-${equivalence}`) : ''),
      },
      { key: 'state', title: say('state'), widthPx: 120, draw: (row) => <StateMark row={row} /> },
    ],
    [say],
  )
}

const signs = { none: ['○', 'x-quiet'], proposed: ['◐', 'x-amber'], reviewed: ['✓', ''] } as const

export function StateMark({ row: { state } }: { readonly row: MappingRow }) {
  const say = useWords(words)
  const [sign, tone] = signs[state]
  return (
    <span className={tone}>
      {sign} {say(`among-${state}`)}
    </span>
  )
}

function NarrowMapping({ row }: { readonly row: MappingRow }) {
  return (
    <div className="dict-narrow">
      <div>
        <strong className="x-cut">{row.display}</strong>
        <StateMark row={row} />
      </div>
      <div className="x-quiet">
        <span>{row.code}</span>
        <span className="x-cut">{row.targetDisplay ?? ''}</span>
      </div>
    </div>
  )
}
