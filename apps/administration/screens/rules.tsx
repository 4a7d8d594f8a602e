/** Which roles does a title give in a department? */
import { PlusOutlined } from '@ant-design/icons'
import { Answered, Empty, useAct, useAsk, useMay, useWords } from '@xinglin/kit'
import { AutoComplete, Button, Select } from 'antd'
import { useState } from 'react'
import type { MappingRow, MappingsAnswer } from '../contract.ts'
import { ActDialog } from './act-dialog.tsx'
import { administrationWords } from './administration-words.ts'
import { Field } from './field.tsx'
import { PlainTable } from './plain-table.tsx'
import { RoleChoice } from './role-choice.tsx'
import { useRoles } from './roles-answer.ts'
import { staffPath, staffRefreshes, useChoices } from './staff-answers.ts'
import { staffWords } from './staff-words.ts'

type Asked = { readonly kind: 'save' | 'remove'; readonly rule: Partial<MappingRow> }

export function Rules() {
  const say = useWords(staffWords)
  const { titlesOf } = useRoles()
  const placeOf = usePlaceName()
  const mayWrite = useMay('administration.people.write')
  const [asked, setAsked] = useState<Asked>()
  const answer = useAsk<MappingsAnswer>(`${staffPath}/mappings`)
  return (
    <>
      {mayWrite ? (
        <p className="a-acts">
          <Button icon={<PlusOutlined />} onClick={() => setAsked({ kind: 'save', rule: {} })}>
            {say('newRule')}
          </Button>
        </p>
      ) : null}
      <Answered answer={answer}>
        {({ mappings }) =>
          mappings.length === 0 ? (
            <Empty title={say('noRules')} />
          ) : (
            <PlainTable
              rows={mappings}
              keyOf={({ id }) => id}
              empty={say('noRules')}
              columns={[
                { title: say('title'), draw: ({ title }) => title ?? say('anyTitle') },
                { title: say('department'), draw: ({ department }) => placeOf(department) },
                { title: say('gives'), draw: ({ roles }) => titlesOf(roles) },
                {
                  title: '',
                  draw: (rule) =>
                    mayWrite ? (
                      <span className="a-acts">
                        <Button size="small" onClick={() => setAsked({ kind: 'save', rule })}>
                          {say('changeRule')}
                        </Button>
                        <Button size="small" danger onClick={() => setAsked({ kind: 'remove', rule })}>
                          {say('removeRule')}
                        </Button>
                      </span>
                    ) : null,
                },
              ]}
            />
          )
        }
      </Answered>
      {asked ? <RuleDialog asked={asked} onClose={() => setAsked(undefined)} /> : null}
    </>
  )
}

function usePlaceName(): (department: string | undefined) => string {
  const say = useWords(staffWords)
  const { departments } = useChoices()
  return (department) =>
    department === undefined
      ? say('anyDepartment')
      : (departments.find(({ id }) => id === department)?.name ?? department)
}

function RuleDialog({ asked, onClose }: { readonly asked: Asked; readonly onClose: () => void }) {
  const say = useWords(staffWords)
  const sayCommon = useWords(administrationWords)
  const placeOf = usePlaceName()
  const { departments, titles } = useChoices()
  const { kind, rule: given } = asked
  const [rule, setRule] = useState(given)
  const act = useAct<string>(
    (reason) =>
      kind === 'save'
        ? { path: `${staffPath}/mappings`, body: { roles: [], ...rule, reason } }
        : { path: `${staffPath}/mappings/${given.id}/remove`, body: { reason } },
    { refreshes: staffRefreshes },
  )
  const told = act.error ? { error: act.error } : {}
  const whose = { title: given.title ?? say('anyTitle'), place: placeOf(given.department) }
  const save = given.id ? say('changeRule') : say('newRule')
  return (
    <ActDialog
      title={kind === 'save' ? save : say('removeRule')}
      text={kind === 'save' ? say('ruleText') : say('removeRuleText', whose)}
      act={act}
      fields={['title', 'department', 'roles']}
      onDone={onClose}
      onCancel={onClose}
    >
      {kind === 'save' ? (
        <>
          <Field name="title" label={say('title')} {...told}>
            <AutoComplete
              style={{ width: '100%' }}
              value={rule.title ?? ''}
              aria-label={say('title')}
              placeholder={say('anyTitle')}
              onChange={(title: string) => setRule({ ...rule, title })}
              options={titles.map((title) => ({ value: title }))}
            />
          </Field>
          <Field name="department" label={say('department')} {...told}>
            <Select
              style={{ width: '100%' }}
              value={rule.department ?? ''}
              aria-label={say('department')}
              onChange={(department) => setRule({ ...rule, department })}
              options={[
                { value: '', label: say('anyDepartment') },
                ...departments.map(({ id, name }) => ({ value: id, label: name })),
              ]}
            />
          </Field>
          <Field name="roles" label={sayCommon('roles')} {...told}>
            <RoleChoice value={rule.roles ?? []} onChange={(roles) => setRule({ ...rule, roles })} />
          </Field>
        </>
      ) : null}
    </ActDialog>
  )
}
