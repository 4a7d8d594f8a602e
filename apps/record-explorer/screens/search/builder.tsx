/** The rows of a search: parameters with the editor of their kind, then order, size and what comes along. */
import { CloseOutlined } from '@ant-design/icons'
import { type Issue, useWords } from '@xinglin/kit'
import { Button, Select } from 'antd'
import { type ReactNode, useMemo } from 'react'
import { explorerWords } from '../explorer-words.ts'
import { ValueEditor } from './editors.tsx'
import { criteriaOf, type Draft, isAbout, type Pair, splitKey } from './query.ts'
import type { TypeParameters } from './use-parameters.ts'

type Props = {
  readonly draft: Draft
  readonly defined: TypeParameters
  readonly issues: readonly Issue[]
  readonly onChange: (draft: Draft) => void
}

export function Builder({ draft, defined, issues, onChange }: Props) {
  const say = useWords(explorerWords)
  const { pairs } = draft
  const put = (next: readonly Pair[]) => onChange({ ...draft, pairs: next })
  const add = (key: string) => put([...pairs, { id: nextId(pairs), key, value: '' }])
  return (
    <>
      {criteriaOf(draft).map((pair) => (
        <Criterion
          key={pair.id}
          pair={pair}
          defined={defined}
          issues={issues.filter(({ at }) => isAbout(at, pair.key))}
          onChange={(next) => put(pairs.map((each) => (each.id === pair.id ? next : each)))}
          onRemove={() => put(pairs.filter(({ id }) => id !== pair.id))}
        />
      ))}
      <Select
        className="rx-add"
        showSearch
        value={null}
        placeholder={say('addParameter')}
        aria-label={say('addParameter')}
        options={[...defined.parameters.values()].map(({ name, kind }) => ({
          value: name,
          label: `${name} · ${kind}`,
        }))}
        onChange={(name: string | null) => name && add(name)}
      />
      <Shape draft={draft} defined={defined} onChange={onChange} />
    </>
  )
}

const nextId = (pairs: readonly Pair[]) => Math.max(0, ...pairs.map(({ id }) => id)) + 1

type CriterionProps = {
  readonly pair: Pair
  readonly defined: TypeParameters
  readonly issues: readonly Issue[]
  readonly onChange: (pair: Pair) => void
  readonly onRemove: () => void
}

function Criterion({ pair, defined, issues, onChange, onRemove }: CriterionProps) {
  const say = useWords(explorerWords)
  const { name, modifier } = splitKey(pair.key)
  const parameter = defined.parameters.get(name)
  const modifiers = (parameter?.modifiers ?? []).flatMap((word) =>
    word === '[type]' ? (parameter?.targets ?? []) : [word],
  )
  return (
    <fieldset className="rx-criterion">
      <legend>
        <code>{name}</code> <span className="x-quiet">{parameter?.kind ?? ''}</span>
      </legend>
      <Button
        className="rx-remove"
        type="text"
        size="small"
        icon={<CloseOutlined />}
        aria-label={say('remove', { name })}
        title={say('remove', { name })}
        onClick={onRemove}
      />
      <div className="rx-field">
        {modifiers.length > 0 ? (
          <Select
            className="rx-modifier"
            value={modifier}
            aria-label={say('modifier')}
            popupMatchSelectWidth={false}
            options={['', ...modifiers].map((word) => ({
              value: word,
              label: word === '' ? '–' : `:${word}`,
            }))}
            onChange={(word) => onChange({ ...pair, key: word === '' ? name : `${name}:${word}`, value: '' })}
          />
        ) : null}
        <ValueEditor
          parameter={parameter}
          modifier={modifier}
          value={pair.value}
          label={name}
          onChange={(value) => onChange({ ...pair, value })}
        />
      </div>
      {issues.map(({ text }) => (
        <p key={text} className="x-red" role="alert">
          {text}
        </p>
      ))}
    </fieldset>
  )
}

const counts = ['10', '20', '50', '100', '500']

function Shape({ draft, defined, onChange }: Omit<Props, 'issues'>) {
  const say = useWords(explorerWords)
  const valuesOf = (key: string) => draft.pairs.filter((pair) => pair.key === key).map(({ value }) => value)
  const put = (key: string, values: readonly string[]) => {
    const rest = draft.pairs.filter((pair) => pair.key !== key)
    const first = nextId(draft.pairs)
    onChange({
      ...draft,
      pairs: [...rest, ...values.map((value, index) => ({ id: first + index, key, value }))],
    })
  }
  const sorts = useMemo(() => sortsOf(defined), [defined])
  return (
    <div className="rx-shape">
      <Labelled label="_sort" hint={say('sortHint')}>
        <Several
          label="_sort"
          values={valuesOf('_sort')[0] ?? ''}
          among={sorts}
          onChange={(keys) => put('_sort', keys.length === 0 ? [] : [keys.join(',')])}
        />
      </Labelled>
      {(['_include', '_revinclude'] as const).map((key) => (
        <Labelled key={key} label={key} hint={say(key === '_include' ? 'includeHint' : 'revincludeHint')}>
          <Several
            label={key}
            values={valuesOf(key).join(',')}
            among={key === '_include' ? defined.includes : defined.reverseIncludes}
            onChange={(values) => put(key, values)}
          />
        </Labelled>
      ))}
      <Labelled label="_count" hint={say('countHint')}>
        <Select
          allowClear
          className="rx-grow"
          value={valuesOf('_count')[0] ?? null}
          aria-label="_count"
          options={optionsOf(counts)}
          onChange={(value: string | undefined) => put('_count', value ? [value] : [])}
        />
      </Labelled>
    </div>
  )
}

function sortsOf({ parameters }: TypeParameters): readonly string[] {
  return [...parameters.values()]
    .filter(({ kind, name }) => kind === 'string' || kind === 'date' || kind === 'number' || name === '_id')
    .flatMap(({ name }) => [name, `-${name}`])
}

type SeveralProps = {
  readonly label: string
  /** Chosen ones with commas between. */
  readonly values: string
  readonly among: readonly string[]
  readonly onChange: (values: readonly string[]) => void
}

/** Several of a list. The library takes a new list for a new choice and answers it by drawing again, so both stay the same objects. */
function Several({ label, values, among, onChange }: SeveralProps) {
  const chosen = useMemo(() => (values === '' ? [] : values.split(',')), [values])
  const options = useMemo(() => optionsOf(among), [among])
  return (
    <Select
      mode="multiple"
      className="rx-grow"
      value={chosen}
      aria-label={label}
      options={options}
      onChange={onChange}
    />
  )
}

const optionsOf = (values: readonly string[]) => values.map((value) => ({ value, label: value }))

function Labelled(props: { readonly label: string; readonly hint: string; readonly children: ReactNode }) {
  return (
    <div className="rx-labelled">
      <span title={props.hint}>
        <code>{props.label}</code> <span className="x-quiet">{props.hint}</span>
      </span>
      {props.children}
    </div>
  )
}
