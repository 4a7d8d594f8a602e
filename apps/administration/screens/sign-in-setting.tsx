/** The input of one setting of a provider, by its kind. */
import { Input, InputNumber, Select, Switch } from 'antd'
import type { SettingField } from './sign-in-fields.ts'

type Props = {
  readonly field: SettingField
  readonly value: unknown
  readonly onChange: (value: unknown) => void
}

export function SettingInput({ field, value, onChange }: Props) {
  const text = typeof value === 'string' ? value : ''
  switch (field.kind) {
    case 'text':
      return <Input autoComplete="off" value={text} onChange={({ target }) => onChange(target.value)} />
    case 'long':
      return <Input.TextArea rows={4} value={text} onChange={({ target }) => onChange(target.value)} />
    case 'lines':
      return (
        <Input.TextArea
          rows={2}
          value={Array.isArray(value) ? value.join('\n') : ''}
          onChange={({ target }) => onChange(target.value === '' ? [] : target.value.split('\n'))}
        />
      )
    case 'flag':
      return <Switch checked={value === true} onChange={onChange} />
    case 'number':
      return <InputNumber value={typeof value === 'number' ? value : null} onChange={onChange} />
    case 'choice':
      return (
        <Select
          style={{ width: '100%' }}
          value={text}
          options={(field.choices ?? []).map((choice) => ({ value: choice, label: choice || '–' }))}
          onChange={onChange}
        />
      )
  }
}

/** Lines of a text area as a list, without empty ones. */
export function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
