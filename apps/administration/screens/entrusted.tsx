/** Who administers the people of which department, and which roles may he give there? */
import { PlusOutlined } from '@ant-design/icons'
import { Answered, Empty, useAct, useAsk, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button, Select } from 'antd'
import { useState } from 'react'
import type { DelegationRow, DelegationsAnswer, StaffAnswer } from '../contract.ts'
import { ActDialog } from './act-dialog.tsx'
import { Field } from './field.tsx'
import { PlainTable } from './plain-table.tsx'
import { RoleChoice } from './role-choice.tsx'
import { useRoles } from './roles-answer.ts'
import { staffPath, staffRefreshes, useChoices } from './staff-answers.ts'
import { staffWords } from './staff-words.ts'

export function Entrusted() {
  const say = useWords(staffWords)
  const times = useTimes()
  const { titlesOf } = useRoles()
  const mayWrite = useMay('administration.people.write')
  const [isGiving, setGiving] = useState(false)
  const [taken, setTaken] = useState<DelegationRow>()
  const answer = useAsk<DelegationsAnswer>(`${staffPath}/delegations`)
  return (
    <>
      {mayWrite ? (
        <p className="a-acts">
          <Button icon={<PlusOutlined />} onClick={() => setGiving(true)}>
            {say('entrust')}
          </Button>
        </p>
      ) : null}
      <Answered answer={answer}>
        {({ delegations }) =>
          delegations.length === 0 ? (
            <Empty title={say('noEntrusted')} />
          ) : (
            <PlainTable
              rows={delegations}
              keyOf={({ account, department }) => `${account} ${department.id}`}
              empty={say('noEntrusted')}
              columns={[
                { title: say('person'), draw: ({ display, login }) => `${display} · ${login}` },
                { title: say('department'), draw: ({ department }) => department.name },
                { title: say('mayGive'), draw: ({ roles }) => titlesOf(roles) || '–' },
                { title: say('since'), isWide: true, draw: ({ given }) => times.moment(given) },
                {
                  title: '',
                  draw: (delegation) =>
                    mayWrite ? (
                      <Button size="small" danger onClick={() => setTaken(delegation)}>
                        {say('take')}
                      </Button>
                    ) : null,
                },
              ]}
            />
          )
        }
      </Answered>
      {isGiving ? <EntrustDialog onClose={() => setGiving(false)} /> : null}
      {taken ? <TakeDialog delegation={taken} onClose={() => setTaken(undefined)} /> : null}
    </>
  )
}

const nothing = { account: '', department: '', roles: [] as readonly string[] }

function EntrustDialog({ onClose }: { readonly onClose: () => void }) {
  const say = useWords(staffWords)
  const { departments } = useChoices()
  const [given, setGiven] = useState(nothing)
  const [typed, setTyped] = useState('')
  const query = new URLSearchParams({ state: 'active', limit: '20', ...(typed ? { text: typed } : {}) })
  const people = useAsk<StaffAnswer>(`${staffPath}?${query}`, { keepsPrevious: true })
  const { account, ...rest } = given
  const act = useAct<string>(
    (reason) => ({ path: `${staffPath}/delegations/${account || '-'}/entrust`, body: { ...rest, reason } }),
    { refreshes: staffRefreshes },
  )
  const told = act.error ? { error: act.error } : {}
  return (
    <ActDialog
      title={say('entrust')}
      text={say('entrustText')}
      act={act}
      fields={['account', 'department', 'roles']}
      onDone={onClose}
      onCancel={onClose}
    >
      <Field name="account" label={say('person')} {...told}>
        <Select
          style={{ width: '100%' }}
          showSearch={{ filterOption: false, onSearch: setTyped }}
          value={account || null}
          aria-label={say('person')}
          onChange={(next) => setGiven({ ...given, account: next ?? '' })}
          options={
            people.state === 'ready'
              ? people.data.people.map(({ id, display, login }) => ({
                  value: id,
                  label: `${display} · ${login}`,
                }))
              : []
          }
        />
      </Field>
      <Field name="department" label={say('department')} {...told}>
        <Select
          style={{ width: '100%' }}
          showSearch={{ optionFilterProp: 'label' }}
          value={given.department || null}
          aria-label={say('department')}
          onChange={(department) => setGiven({ ...given, department: department ?? '' })}
          options={departments.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Field>
      <Field name="roles" label={say('mayGive')} {...told}>
        <RoleChoice value={given.roles} onChange={(roles) => setGiven({ ...given, roles })} />
      </Field>
    </ActDialog>
  )
}

type TakeProps = { readonly delegation: DelegationRow; readonly onClose: () => void }

function TakeDialog({ delegation: { account, department, display }, onClose }: TakeProps) {
  const say = useWords(staffWords)
  const act = useAct<string>(
    (reason) => ({
      path: `${staffPath}/delegations/${account}/take`,
      body: { department: department.id, reason },
    }),
    { refreshes: staffRefreshes },
  )
  return (
    <ActDialog
      title={say('take')}
      text={say('takeText', { name: display, place: department.name })}
      act={act}
      onDone={onClose}
      onCancel={onClose}
    />
  )
}
