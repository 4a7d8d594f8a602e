/** The fields of a position: where, as what, from when to when. */
import { type AnswerError, useWords } from '@xinglin/kit'
import { AutoComplete, Input, Select } from 'antd'
import { Field } from './field.tsx'
import { useChoices } from './staff-answers.ts'
import { staffWords } from './staff-words.ts'

export type PositionInput = {
  readonly department: string
  readonly title: string
  readonly specialty: string
  readonly location: string
  readonly since: string
  readonly until: string
}
export const noPosition: PositionInput = {
  ...{ department: '', title: '', specialty: '', location: '', since: '', until: '' },
}
export const positionFields = ['department', 'title', 'specialty', 'location', 'since', 'until']

type Props = {
  readonly value: PositionInput
  readonly onChange: (value: PositionInput) => void
  readonly error: AnswerError | undefined
}

export function PositionFields({ value, onChange, error }: Props) {
  const say = useWords(staffWords)
  const { departments, locations, titles } = useChoices()
  const told = error ? { error } : {}
  const set = (part: Partial<PositionInput>) => onChange({ ...value, ...part })
  const options = (places: typeof departments) => places.map(({ id, name }) => ({ value: id, label: name }))
  const text = (name: 'specialty' | 'since' | 'until', label: string, help?: string) => (
    <Field name={name} label={label} {...told} {...(help ? { help } : {})}>
      <Input value={value[name]} onChange={(event) => set({ [name]: event.target.value })} />
    </Field>
  )
  return (
    <>
      <Field name="department" label={say('department')} {...told}>
        <Select
          style={{ width: '100%' }}
          showSearch={{ optionFilterProp: 'label' }}
          allowClear
          value={value.department || null}
          aria-label={say('department')}
          onChange={(department) => set({ department: department ?? '' })}
          options={options(departments)}
        />
      </Field>
      <Field name="title" label={say('title')} {...told}>
        <AutoComplete
          style={{ width: '100%' }}
          value={value.title}
          aria-label={say('title')}
          onChange={(title: string) => set({ title })}
          options={titles.filter((title) => title.includes(value.title)).map((title) => ({ value: title }))}
        />
      </Field>
      <Field name="location" label={say('ward')} {...told}>
        <Select
          style={{ width: '100%' }}
          showSearch={{ optionFilterProp: 'label' }}
          allowClear
          value={value.location || null}
          aria-label={say('ward')}
          onChange={(location) => set({ location: location ?? '' })}
          options={options(locations)}
        />
      </Field>
      {text('specialty', say('specialty'))}
      {text('since', say('since'), say('dayHelp'))}
      {text('until', say('until'), say('dayHelp'))}
    </>
  )
}
