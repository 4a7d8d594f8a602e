/** Resource types with how many there are; a type opens the search of it, `Type/id` opens the resource. */
import { Answered, type Column, DataGrid, Empty, useAsk, useScreen, useWords } from '@xinglin/kit'
import { Checkbox, Input } from 'antd'
import { useMemo, useState } from 'react'
import { explorerScreens, resourceAddress, type TypeRow, type TypesAnswer } from '../contract.ts'
import { explorerWords, type SayExplorer } from './explorer-words.ts'

export function TypeList() {
  const say = useWords(explorerWords)
  const { search, setSearch, open } = useScreen()
  const answer = useAsk<TypesAnswer>('/api/record-explorer/types', { staleAfterMs: 10_000 })
  const [typed, setTyped] = useState('')
  const showsEmpty = search.get('empty') === 'true'
  const columns = useMemo(() => columnsOf(say), [say])
  const openTyped = () => {
    const [, type, id] = /^\s*([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})/.exec(typed) ?? []
    if (type && id) open(resourceAddress(type, id))
  }
  return (
    <>
      <div className="rx-tools">
        <Input
          autoFocus
          allowClear
          className="rx-find"
          value={typed}
          placeholder={say('findType')}
          aria-label={say('findType')}
          onChange={(event) => setTyped(event.target.value)}
          onPressEnter={openTyped}
        />
        <Checkbox
          checked={showsEmpty}
          onChange={({ target }) => setSearch({ empty: target.checked ? 'true' : undefined })}
        >
          {say('emptyTypes')}
        </Checkbox>
      </div>
      <div className="rx-list">
        <Answered answer={answer}>
          {({ types }) => (
            <DataGrid
              name="record-explorer.types"
              label={say('types')}
              rows={fitting(types, typed, showsEmpty)}
              columns={columns}
              keyOf={({ type }) => type}
              selectedKey={search.get('type') ?? undefined}
              onSelect={({ type }) => setSearch({ type })}
              onOpen={({ type }) => open(`${explorerScreens.search}?type=${type}`)}
              opensOnClick
              empty={<Empty title={say('noTypes')}>{say('noTypesHelp')}</Empty>}
            />
          )}
        </Answered>
      </div>
    </>
  )
}

function fitting(types: readonly TypeRow[], typed: string, showsEmpty: boolean): readonly TypeRow[] {
  const text = typed.trim().toLowerCase().split('/')[0] ?? ''
  return types.filter(
    ({ type, count }) => type.toLowerCase().includes(text) && (count > 0 || showsEmpty || text !== ''),
  )
}

function columnsOf(say: SayExplorer): readonly Column<TypeRow>[] {
  return [
    {
      key: 'type',
      title: say('type'),
      widthPx: 220,
      draw: ({ type }) => <strong>{type}</strong>,
      sortBy: ({ type }) => type,
    },
    {
      key: 'count',
      title: say('count'),
      widthPx: 90,
      align: 'right',
      draw: ({ count }) => <span className="x-number">{count.toLocaleString('en')}</span>,
      sortBy: ({ count }) => count,
    },
    {
      key: 'what',
      title: '',
      widthPx: 20,
      draw: () => null,
    },
  ]
}
