/** Which computers of the wards are shared, who stands at them, and this one among them. */
import { DesktopOutlined } from '@ant-design/icons'
import { Answered, Empty, useAct, useAsk, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import type { TerminalRow, TerminalsAnswer } from '../contract.ts'
import { ActDialog } from './act-dialog.tsx'
import './administration.css'
import { Field } from './field.tsx'
import { PlainTable } from './plain-table.tsx'
import { useChoices } from './staff-answers.ts'
import { staffWords } from './staff-words.ts'

const path = '/api/administration/terminals'
/** This browser's own; the shell asks it too. */
const ownPath = '/api/terminal'
const mostLookedAtMs = 10_000

export function TerminalsScreen() {
  const say = useWords(staffWords)
  const times = useTimes()
  const mayWrite = useMay('administration.terminals.write')
  const [isRegistering, setRegistering] = useState(false)
  const [withdrawn, setWithdrawn] = useState<TerminalRow>()
  const answer = useAsk<TerminalsAnswer>(path, { everyMs: mostLookedAtMs })
  return (
    <div className="a-screen">
      {mayWrite ? (
        <div className="a-tools">
          <Button type="primary" icon={<DesktopOutlined />} onClick={() => setRegistering(true)}>
            {say('registerHere')}
          </Button>
        </div>
      ) : null}
      <div className="a-page">
        <Answered answer={answer}>
          {({ terminals }) =>
            terminals.length === 0 ? (
              <Empty title={say('noTerminals')}>{say('noTerminalsHelp')}</Empty>
            ) : (
              <PlainTable
                rows={terminals}
                keyOf={({ id }) => id}
                empty={say('noTerminals')}
                columns={[
                  { title: say('terminalName'), draw: ({ label }) => label },
                  { title: say('ward'), draw: ({ place }) => place.name },
                  { title: say('inUse'), draw: (terminal) => <TerminalState terminal={terminal} /> },
                  { title: say('idle'), isNumber: true, isWide: true, draw: (row) => row.idleSeconds },
                  {
                    title: say('lastEntered'),
                    isWide: true,
                    draw: ({ seen }) => (seen ? times.moment(seen) : '–'),
                  },
                  {
                    title: '',
                    draw: (terminal) =>
                      mayWrite && !terminal.ended ? (
                        <Button size="small" danger onClick={() => setWithdrawn(terminal)}>
                          {say('withdraw')}
                        </Button>
                      ) : null,
                  },
                ]}
              />
            )
          }
        </Answered>
      </div>
      {isRegistering ? <RegisterDialog onClose={() => setRegistering(false)} /> : null}
      {withdrawn ? <WithdrawDialog terminal={withdrawn} onClose={() => setWithdrawn(undefined)} /> : null}
    </div>
  )
}

function TerminalState({ terminal: { ended, holder, isLocked } }: { readonly terminal: TerminalRow }) {
  const say = useWords(staffWords)
  if (ended) return <span className="x-quiet">✕ {say('withdrawn')}</span>
  if (!holder) return <span className="x-quiet">○ {say('freeTerminal')}</span>
  if (isLocked) return <span className="x-amber">◑ {say('lockedBy', { name: holder })}</span>
  return <span className="x-green">● {say('inUseBy', { name: holder })}</span>
}

const usualIdleSeconds = 60

function RegisterDialog({ onClose }: { readonly onClose: () => void }) {
  const say = useWords(staffWords)
  const { locations } = useChoices()
  const [terminal, setTerminal] = useState({ label: '', location: '', idleSeconds: usualIdleSeconds })
  const act = useAct<string>((reason) => ({ path: ownPath, body: { ...terminal, reason } }), {
    refreshes: [path, ownPath],
  })
  const told = act.error ? { error: act.error } : {}
  return (
    <ActDialog
      title={say('registerHere')}
      text={say('registerText')}
      act={act}
      fields={['label', 'location', 'idleSeconds']}
      onDone={onClose}
      onCancel={onClose}
    >
      <Field name="label" label={say('terminalName')} help={say('terminalHelp')} {...told}>
        <Input
          autoFocus
          value={terminal.label}
          onChange={(event) => setTerminal({ ...terminal, label: event.target.value })}
        />
      </Field>
      <Field name="location" label={say('ward')} {...told}>
        <Select
          style={{ width: '100%' }}
          showSearch={{ optionFilterProp: 'label' }}
          value={terminal.location || null}
          aria-label={say('ward')}
          onChange={(location) => setTerminal({ ...terminal, location: location ?? '' })}
          options={locations.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Field>
      <Field name="idleSeconds" label={say('idle')} help={say('idleHelp')} {...told}>
        <InputNumber
          min={15}
          max={900}
          value={terminal.idleSeconds}
          onChange={(next) => setTerminal({ ...terminal, idleSeconds: next ?? usualIdleSeconds })}
        />
      </Field>
    </ActDialog>
  )
}

type WithdrawProps = { readonly terminal: TerminalRow; readonly onClose: () => void }

function WithdrawDialog({ terminal: { id, label }, onClose }: WithdrawProps) {
  const say = useWords(staffWords)
  const act = useAct<string>((reason) => ({ path: `${path}/${id}/withdraw`, body: { reason } }), {
    refreshes: [path, ownPath],
  })
  return (
    <ActDialog
      title={say('withdraw')}
      text={say('withdrawText', { name: label })}
      act={act}
      onDone={onClose}
      onCancel={onClose}
    />
  )
}
