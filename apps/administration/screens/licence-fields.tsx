/** Licences as lines of kind, number and last day. */
import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons'
import { type AnswerError, useWords } from '@xinglin/kit'
import { Button, Input } from 'antd'
import type { LicenceRow } from '../contract.ts'
import { Field } from './field.tsx'
import { staffWords } from './staff-words.ts'

type Props = {
  readonly value: readonly LicenceRow[]
  readonly onChange: (value: readonly LicenceRow[]) => void
  readonly error: AnswerError | undefined
}

export function LicenceFields({ value, onChange, error }: Props) {
  const say = useWords(staffWords)
  const set = (at: number, part: Partial<LicenceRow>) =>
    onChange(value.map((licence, index) => (index === at ? { ...licence, ...part } : licence)))
  return (
    <Field name="until" label={say('licences')} help={say('dayHelp')} {...(error ? { error } : {})}>
      {value.map((licence, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have nothing else of their own while they are typed.
        <div key={index} className="a-licence">
          <Input
            value={licence.kind}
            placeholder={say('licenceKind')}
            aria-label={say('licenceKind')}
            onChange={(event) => set(index, { kind: event.target.value })}
          />
          <Input
            value={licence.number}
            placeholder={say('licenceNumber')}
            aria-label={say('licenceNumber')}
            onChange={(event) => set(index, { number: event.target.value })}
          />
          <Input
            value={licence.until ?? ''}
            placeholder={say('until')}
            aria-label={say('licenceUntil')}
            onChange={(event) => set(index, { until: event.target.value })}
          />
          <Button
            type="text"
            icon={<MinusCircleOutlined />}
            aria-label={say('removeLicence', { count: index + 1 })}
            onClick={() => onChange(value.filter((_, other) => other !== index))}
          />
        </div>
      ))}
      <Button
        size="small"
        icon={<PlusOutlined />}
        onClick={() => onChange([...value, { kind: '', number: '' }])}
      >
        {say('addLicence')}
      </Button>
    </Field>
  )
}
