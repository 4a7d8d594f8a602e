/** What does the dictionary hold, and what of it differs from what is published? The owner edits beside the list. */
import { PlusOutlined } from '@ant-design/icons'
import {
  Answered,
  type Column,
  DataGrid,
  Empty,
  useAskPages,
  useMay,
  useScreen,
  useTimes,
  useTyped,
  useWords,
} from '@xinglin/kit'
import { Button, Input, Segmented } from 'antd'
import { useMemo } from 'react'
import { dictionariesPath, dictionaryPermissions, type EntriesAnswer, type Entry } from '../contract.ts'
import type { PartProps } from './dictionary.tsx'
import { EntryDetail, NewEntry } from './entry-detail.tsx'
import { words } from './words.ts'

/** The code under which the form of a new entry is open: no code begins with a space. */
const isNew = ' new'

export function EntriesPart({ dictionary }: PartProps) {
  const say = useWords(words)
  const { search, setSearch } = useScreen()
  const [typed, setTyped] = useTyped('text')
  const among = search.get('among') === 'changed' ? 'changed' : 'all'
  const query = new URLSearchParams({ among, text: search.get('text') ?? '' })
  const path = `${dictionariesPath}/dictionaries/${encodeURIComponent(dictionary.key)}/entries?${query}`
  const { answer, more, isLoadingMore } = useAskPages<EntriesAnswer>(path, 'after')
  const mayWrite = useMay(dictionaryPermissions.write) && dictionary.isMine
  const columns = useColumns()
  const add = mayWrite ? (
    <Button icon={<PlusOutlined />} onClick={() => setSearch({ chosen: isNew })}>
      {say('add')}
    </Button>
  ) : null
  return (
    <>
      <div className="dict-tools">
        <Input
          allowClear
          className="dict-find"
          placeholder={say('find')}
          aria-label={say('find')}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
        <Segmented
          value={among}
          options={[
            { value: 'all', label: say('all') },
            { value: 'changed', label: say('changedOnly') },
          ]}
          onChange={(value) => setSearch({ among: value === 'changed' ? value : undefined })}
        />
        {add}
      </div>
      <Answered answer={answer}>
        {(pages) => {
          const entries = pages.flatMap((page) => page.entries)
          const chosen = entries.find(({ code }) => code === search.get('chosen'))
          return (
            <div className="dict-body">
              <div className="dict-list">
                <DataGrid
                  name="dictionaries.entries"
                  label={say('part-entries')}
                  rows={entries}
                  columns={columns}
                  keyOf={({ code }) => code}
                  selectedKey={chosen?.code}
                  onSelect={({ code }) => setSearch({ chosen: code })}
                  onOpen={({ code }) => setSearch({ chosen: code })}
                  drawNarrow={(entry) => <NarrowEntry entry={entry} />}
                  {...(more && !isLoadingMore ? { onEndReached: more } : {})}
                  empty={<Empty title={say('noEntries')}>{mayWrite ? say('noEntriesHelp') : null}</Empty>}
                />
              </div>
              {chosen ? (
                <EntryDetail
                  key={`${chosen.code} ${chosen.changedAt}`}
                  dictionary={dictionary.key}
                  entry={chosen}
                  mayWrite={mayWrite}
                  onClose={() => setSearch({ chosen: undefined })}
                />
              ) : null}
              {mayWrite && search.get('chosen') === isNew ? (
                <NewEntry dictionary={dictionary.key} onClose={(code) => setSearch({ chosen: code })} />
              ) : null}
            </div>
          )
        }}
      </Answered>
    </>
  )
}

function useColumns(): readonly Column<Entry>[] {
  const say = useWords(words)
  const times = useTimes()
  return useMemo(
    () => [
      { key: 'code', title: say('code'), widthPx: 130, draw: ({ code }) => code },
      {
        key: 'display',
        title: say('display'),
        widthPx: 260,
        draw: ({ display, isActive }) => <span className={isActive ? '' : 'x-quiet'}>{display}</span>,
      },
      { key: 'english', title: say('english'), widthPx: 220, draw: ({ english }) => english ?? '' },
      { key: 'change', title: say('changes'), widthPx: 100, draw: (entry) => <ChangeMark entry={entry} /> },
      { key: 'by', title: say('by'), widthPx: 140, draw: ({ changedBy }) => changedBy },
      { key: 'at', title: say('at'), widthPx: 150, draw: ({ changedAt }) => times.moment(changedAt) },
    ],
    [say, times],
  )
}

function ChangeMark({ entry: { change, isActive } }: { readonly entry: Entry }) {
  const say = useWords(words)
  if (change) return <span className="x-amber">◐ {say(`change-${change}`)}</span>
  return <span className="x-quiet">{isActive ? '' : say('inactive')}</span>
}

function NarrowEntry({ entry }: { readonly entry: Entry }) {
  return (
    <div className="dict-narrow">
      <div>
        <strong className="x-cut">{entry.display}</strong>
        <ChangeMark entry={entry} />
      </div>
      <div className="x-quiet">
        <span>{entry.code}</span>
        <span className="x-cut">{entry.english ?? ''}</span>
      </div>
    </div>
  )
}
