/** The editor of each kind of parameter (search.html §3.1.1.4): its own fields, one text as it stands in the query. */
import { useWords } from '@xinglin/kit'
import { AutoComplete, Input, Select } from 'antd'
import { explorerWords } from '../explorer-words.ts'
import { prefixes, splitPrefix, withPrefix } from './query.ts'
import { ReferenceEditor } from './reference-editor.tsx'
import type { Parameter } from './use-parameters.ts'

export type EditorProps = {
  readonly value: string
  readonly label: string
  readonly onChange: (value: string) => void
}
type Props = EditorProps & { readonly parameter: Parameter | undefined; readonly modifier: string }

/** The field or fields by which a value of this kind is given. */
export function ValueEditor({ parameter, modifier, ...editor }: Props) {
  if (modifier === 'missing') return <Choice {...editor} options={['true', 'false']} />
  switch (parameter?.kind) {
    case 'date':
      return <DateEditor {...editor} />
    case 'number':
      return <NumberEditor {...editor} />
    case 'quantity':
      return <QuantityEditor {...editor} />
    case 'token':
      return <TokenEditor {...editor} codes={parameter.codes ?? []} />
    case 'reference':
      return <ReferenceEditor {...editor} targets={targetsOf(parameter, modifier)} />
    default:
      return <TextEditor {...editor} hint={parameter?.components?.join('$')} />
  }
}

function targetsOf({ targets = [] }: Parameter, modifier: string): readonly string[] {
  return targets.includes(modifier) ? [modifier] : targets
}

function Choice({ value, label, options, onChange }: EditorProps & { readonly options: readonly string[] }) {
  return (
    <Select
      className="rx-grow"
      value={value || null}
      aria-label={label}
      options={options.map((each) => ({ value: each, label: each }))}
      onChange={(next: string | null) => onChange(next ?? '')}
    />
  )
}

function TextEditor({ value, label, hint, onChange }: EditorProps & { readonly hint?: string | undefined }) {
  return (
    <Input
      className="rx-grow"
      value={value}
      placeholder={hint}
      aria-label={label}
      onChange={({ target }) => onChange(target.value)}
    />
  )
}

const comparisons: Readonly<Record<string, string>> = {
  eq: '=',
  ne: '≠',
  gt: '>',
  lt: '<',
  ge: '≥',
  le: '≤',
}

function PrefixChoice({
  prefix,
  onChange,
}: {
  readonly prefix: string
  readonly onChange: (prefix: string) => void
}) {
  const say = useWords(explorerWords)
  return (
    <Select
      className="rx-prefix"
      value={prefix}
      aria-label={say('prefix')}
      popupMatchSelectWidth={false}
      options={prefixes.map((each) => ({ value: each, label: comparisons[each] ?? each }))}
      onChange={onChange}
    />
  )
}

/** A year, a month, a day or a moment; typed, or the day picked. */
function DateEditor({ value, label, onChange }: EditorProps) {
  const say = useWords(explorerWords)
  const { prefix, rest } = splitPrefix(value)
  const isDate =
    rest === '' || /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?(,.*)?$/.test(rest)
  return (
    <>
      <PrefixChoice prefix={prefix} onChange={(next) => onChange(withPrefix(next, rest))} />
      <Input
        className="rx-grow"
        value={rest}
        status={isDate ? '' : 'error'}
        placeholder="2026-03-02"
        aria-label={label}
        onChange={({ target }) => onChange(withPrefix(prefix, target.value))}
      />
      <input
        type="date"
        className="rx-pick"
        tabIndex={-1}
        aria-label={say('pickDay')}
        value={/^\d{4}-\d\d-\d\d$/.test(rest) ? rest : ''}
        onChange={({ target }) => onChange(withPrefix(prefix, target.value))}
      />
    </>
  )
}

function NumberEditor({ value, label, onChange }: EditorProps) {
  const { prefix, rest } = splitPrefix(value)
  const isNumber = rest === '' || /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(rest)
  return (
    <>
      <PrefixChoice prefix={prefix} onChange={(next) => onChange(withPrefix(next, rest))} />
      <Input
        className="rx-grow"
        inputMode="decimal"
        value={rest}
        status={isNumber ? '' : 'error'}
        aria-label={label}
        onChange={({ target }) => onChange(withPrefix(prefix, target.value))}
      />
    </>
  )
}

const ucum = 'http://unitsofmeasure.org'
/** Units that laboratories and wards use most; any other UCUM unit is typed. */
const units = [
  'mmol/L',
  'mg/L',
  'g/L',
  'umol/L',
  '10*9/L',
  '%',
  'mm[Hg]',
  '/min',
  'Cel',
  'kg',
  'cm',
  'mL',
  'mg',
]

/** `5.4|http://unitsofmeasure.org|mmol/L`: a number and its unit. */
function QuantityEditor({ value, label, onChange }: EditorProps) {
  const say = useWords(explorerWords)
  const { prefix, rest } = splitPrefix(value)
  const [number = '', , unit = ''] = rest.split('|')
  const put = (nextPrefix: string, nextNumber: string, nextUnit: string) =>
    onChange(withPrefix(nextPrefix, nextUnit === '' ? nextNumber : `${nextNumber}|${ucum}|${nextUnit}`))
  return (
    <>
      <PrefixChoice prefix={prefix} onChange={(next) => put(next, number, unit)} />
      <Input
        className="rx-grow"
        inputMode="decimal"
        value={number}
        aria-label={label}
        onChange={({ target }) => put(prefix, target.value, unit)}
      />
      <AutoComplete
        className="rx-unit"
        value={unit}
        placeholder={say('unit')}
        aria-label={say('unit')}
        options={units.filter((each) => each.includes(unit)).map((each) => ({ value: each }))}
        onChange={(next: string | undefined) => put(prefix, number, next ?? '')}
      />
    </>
  )
}

/** `code`, `system|code` or `|code`; the codes of a closed list are offered. */
function TokenEditor({
  value,
  label,
  codes,
  onChange,
}: EditorProps & { readonly codes: Parameter['codes'] & object }) {
  const say = useWords(explorerWords)
  const fitting = codes.filter(
    ({ code }) => code.includes(value) || codes.some((each) => each.code === value),
  )
  return (
    <AutoComplete
      className="rx-grow"
      value={value}
      placeholder={say('tokenHint')}
      aria-label={label}
      options={fitting.map(({ code }) => ({ value: code, label: code }))}
      onChange={(next: string | undefined) => onChange(next ?? '')}
    />
  )
}
