/** Which dictionaries does the house have, who answers for each, and what is still to be done? */
import { PlusOutlined } from '@ant-design/icons'
import {
  Answered,
  type Column,
  DataGrid,
  Empty,
  useAsk,
  useLive,
  useMay,
  useRefresh,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import {
  type DictionariesAnswer,
  type Dictionary,
  dictionariesPath,
  dictionaryPermissions,
} from '../contract.ts'
import { coverageText } from './coverage.ts'
import { MakeForm } from './forms.tsx'
import { words } from './words.ts'
import './dictionaries.css'

export function DictionariesScreen() {
  const say = useWords(words)
  const { open } = useScreen()
  const mayManage = useMay(dictionaryPermissions.manage)
  const [isMaking, setMaking] = useState(false)
  const [chosen, setChosen] = useState<string>()
  const answer = useAsk<DictionariesAnswer>(`${dictionariesPath}/dictionaries`)
  const refresh = useRefresh()
  useLive({ kinds: ['dictionaries.*'] }, () => void refresh(dictionariesPath))
  const columns = useColumns()
  const make = mayManage ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
      {say('make')}
    </Button>
  ) : null
  return (
    <div className="dict-screen">
      <Answered answer={answer}>
        {({ dictionaries }) => (
          <>
            {dictionaries.length > 0 ? <div className="dict-tools">{make}</div> : null}
            <div className="dict-list">
              <DataGrid
                name="dictionaries.list"
                label={say('dictionaries')}
                rows={dictionaries}
                columns={columns}
                keyOf={({ key }) => key}
                selectedKey={chosen}
                onSelect={({ key }) => setChosen(key)}
                onOpen={({ key }) => open(addressOf(key))}
                opensOnClick
                drawNarrow={(row) => <Narrow row={row} />}
                empty={
                  <Empty title={say('none')} action={make}>
                    {say('noneHelp')}
                  </Empty>
                }
              />
            </div>
          </>
        )}
      </Answered>
      {isMaking ? (
        <MakeForm
          onClose={(made) => {
            setMaking(false)
            if (made) open(addressOf(made))
          }}
        />
      ) : null}
    </div>
  )
}

function addressOf(key: string): string {
  return `/dictionaries/${encodeURIComponent(key)}`
}

function useColumns(): readonly Column<Dictionary>[] {
  const say = useWords(words)
  const times = useTimes()
  return useMemo(
    () => [
      {
        key: 'title',
        title: say('title'),
        widthPx: 220,
        draw: ({ title }) => title,
        sortBy: ({ title }) => title,
      },
      { key: 'kind', title: say('kind'), widthPx: 120, draw: ({ kind }) => say(`kind-${kind}`) },
      {
        key: 'owner',
        title: say('owner'),
        widthPx: 150,
        draw: ({ ownerDisplay, isMine }) => (isMine ? `${ownerDisplay} (${say('mine')})` : ownerDisplay),
        sortBy: ({ ownerDisplay }) => ownerDisplay,
      },
      {
        key: 'version',
        title: say('version'),
        widthPx: 220,
        draw: ({ version, publishedAt }) =>
          version === 0 ? (
            <span className="x-quiet">{say('unpublished')}</span>
          ) : (
            `${say('ofVersion', { number: version })} · ${times.moment(publishedAt)}`
          ),
      },
      number('entries', say('entryCount'), ({ entries }) => entries),
      number('changes', say('changes'), ({ changes }) => changes),
      number('waiting', say('waiting'), ({ waiting }) => waiting),
      { key: 'coverage', title: say('coverage'), widthPx: 240, draw: (row) => coverageText(row) },
    ],
    [say, times],
  )
}

function number(key: string, title: string, read: (row: Dictionary) => number): Column<Dictionary> {
  return {
    ...{ key, title, widthPx: 110, align: 'right', sortBy: read },
    draw: (row) => <span className={`x-number ${read(row) === 0 ? 'x-quiet' : ''}`}>{read(row)}</span>,
  }
}

function Narrow({ row }: { readonly row: Dictionary }) {
  const say = useWords(words)
  return (
    <div className="dict-narrow">
      <div>
        <strong className="x-cut">{row.title}</strong>
        <span>{row.version === 0 ? say('unpublished') : say('ofVersion', { number: row.version })}</span>
      </div>
      <div className="x-quiet">
        <span className="x-cut">{row.ownerDisplay}</span>
        <span>
          {say('changes')} {row.changes}
        </span>
      </div>
    </div>
  )
}
