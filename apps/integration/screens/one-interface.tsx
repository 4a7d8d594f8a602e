/** One interface: its flow with live counts, then the deliveries of the whole or of the destination that is chosen. */
import { ArrowLeftOutlined } from '@ant-design/icons'
import { Empty, useLook, useScreen, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import type { InterfaceRow } from '../contract.ts'
import { Deliveries } from './deliveries.tsx'
import { Flow } from './flow.tsx'
import { Mark, worstOf } from './interface-state.tsx'
import { interfaceWords } from './interface-words.ts'
import { LifeDrawer } from './life-drawer.tsx'

const left = { interface: undefined, destination: undefined, state: undefined, message: undefined }

export function OneInterface({ id, row }: { readonly id: string; readonly row: InterfaceRow | undefined }) {
  const say = useWords(interfaceWords)
  const { search, setSearch } = useScreen()
  const { language } = useLook()
  const message = search.get('message') ?? undefined
  const back = (
    <Button size="small" icon={<ArrowLeftOutlined />} onClick={() => setSearch(left)}>
      {say('back')}
    </Button>
  )
  if (!row) return <Empty title={say('unknown')} action={back} />
  return (
    <>
      <header className="i-tools">
        {back}
        <h2 className="i-title">{row.title[language]}</h2>
        <span className="x-quiet">
          {id} · {say('version')} {row.version}
        </span>
        <Mark doing={worstOf(row)} />
      </header>
      <Flow
        row={row}
        chosen={search.get('destination') ?? undefined}
        onChoose={(destination) => setSearch({ destination })}
      />
      <Deliveries row={row} />
      {message ? <LifeDrawer id={message} onClose={() => setSearch({ message: undefined })} /> : null}
    </>
  )
}
