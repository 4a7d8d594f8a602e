/** Scopes are typed or taken from the usual ones. */
import { useWords } from '@xinglin/kit'
import { Select } from 'antd'
import { administrationWords } from './administration-words.ts'

const usualScopes = [
  'system/*.*',
  'system/*.rs',
  'system/*.read',
  'system/Patient.rs',
  'system/Observation.rs',
  'system/Observation.cruds',
  'system/DiagnosticReport.cruds',
  'system/ImagingStudy.rs',
  'xinglin/integration.*',
]

type Props = { readonly value: readonly string[]; readonly onChange: (scopes: readonly string[]) => void }

export function ScopeChoice({ value, onChange }: Props) {
  const say = useWords(administrationWords)
  return (
    <Select
      mode="tags"
      style={{ width: '100%' }}
      value={[...value]}
      aria-label={say('scopes')}
      tokenSeparators={[' ', ',']}
      onChange={onChange}
      options={usualScopes.map((scope) => ({ value: scope }))}
    />
  )
}
