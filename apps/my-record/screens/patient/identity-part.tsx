/** Papers and a name: whose record this account may see, or which child's. */
import { useAct, useWords } from '@xinglin/kit'
import { Button, Input, Select } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { words } from '../words.ts'
import { Failure } from './failure.tsx'
import { sessionPath } from './session.ts'

const kinds = [
  'identity-card',
  'passport',
  'hong-kong-macau-permit',
  'taiwan-permit',
  'permanent-residence',
] as const

export function ProveIdentity({ onDone }: { readonly onDone: () => Promise<void> }) {
  const say = useWords(words)
  return (
    <section className="my-record-card">
      <h1>{say('proveTitle')}</h1>
      <p>{say('proveHelp')}</p>
      <PapersForm path={`${sessionPath}/identity`} act={say('confirm')} onDone={onDone} />
    </section>
  )
}

export function AddChild({ onDone }: { readonly onDone: () => Promise<void> }) {
  const say = useWords(words)
  const [isAdded, setAdded] = useState(false)
  const done = async () => {
    setAdded(true)
    await onDone()
  }
  return (
    <section className="my-record-card">
      <h2>{say('childTitle')}</h2>
      <p className="x-quiet">{say('childHelp')}</p>
      {isAdded ? <p role="status">{say('added')}</p> : null}
      <PapersForm path={`${sessionPath}/children`} act={say('addChild')} onDone={done} />
    </section>
  )
}

function PapersForm(props: {
  readonly path: string
  readonly act: string
  readonly onDone: () => Promise<void>
}) {
  const say = useWords(words)
  const id = useId()
  const [kind, setKind] = useState<(typeof kinds)[number]>('identity-card')
  const [number, setNumber] = useState('')
  const [name, setName] = useState('')
  const act = useAct<void>(() => ({ path: props.path, body: { kind, number, name } }))
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const ran = await act.run()
    if (!ran.isDone) return
    setNumber('')
    setName('')
    await props.onDone()
  }
  return (
    <form className="my-record-form" onSubmit={(event) => void submit(event)}>
      <label htmlFor={`${id}-kind`}>{say('kind')}</label>
      <Select
        id={`${id}-kind`}
        value={kind}
        onChange={setKind}
        options={kinds.map((each) => ({ value: each, label: say(`kind_${each}`) }))}
      />
      <label htmlFor={`${id}-number`}>{say('number')}</label>
      <Input
        id={`${id}-number`}
        autoComplete="off"
        value={number}
        onChange={({ target }) => setNumber(target.value)}
      />
      <label htmlFor={`${id}-name`}>{say('name')}</label>
      <Input
        id={`${id}-name`}
        autoComplete="name"
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <Failure error={act.error} />
      <Button
        type="primary"
        htmlType="submit"
        block
        disabled={number.trim() === '' || name.trim() === ''}
        loading={act.isRunning}
      >
        {props.act}
      </Button>
    </form>
  )
}
