/** The fields of both records in rows: values, agreement in a word, and the weight as a bar from its middle. */
import { Go, type Say, type Times, useTimes, useWords } from '@xinglin/kit'
import type { ReactNode } from 'react'
import type { ExplainedField, PairAnswer, SideFacts } from '../contract.ts'
import { bitsText, fieldText, levelText, sexText } from './meanings.ts'
import { type MasterIndexWord, words } from './words.ts'

/** Bits at which a bar is full: what a citizen's number weighs. */
const fullBits = 24

export function ComparedFields({ pair: { one, other, explanation } }: { readonly pair: PairAnswer }) {
  const say = useWords(words)
  const times = useTimes()
  return (
    <table className="mi-fields" aria-label={say('compare')}>
      <thead>
        <tr className="mi-row mi-head">
          <th scope="col">{say('field')}</th>
          {[one, other].map((side) => (
            <th key={side.id} scope="col" className="mi-value">
              <Go to={`/chart/patients/${encodeURIComponent(side.id)}`}>
                {side.names[0] ?? say('nameless')}
              </Go>{' '}
              <code className="x-quiet">{side.id}</code>
            </th>
          ))}
          <th scope="col" className="mi-agreement">
            {say('agreement')}
          </th>
        </tr>
      </thead>
      <tbody>
        {explanation.fields.map((field) => (
          <FieldRow
            key={field.field}
            label={fieldText(say, field.field)}
            values={[one, other].map((side) => valueIn(say, field.field, side))}
            field={field}
          />
        ))}
        {unweighed(say, times).map(({ label, draw }) => (
          <FieldRow key={label} label={label} values={[draw(one), draw(other)]} />
        ))}
      </tbody>
    </table>
  )
}

type RowProps = {
  readonly label: string
  readonly values: readonly ReactNode[]
  readonly field?: ExplainedField
}

function FieldRow({ label, values: [one, other], field }: RowProps) {
  const isAgainst = field !== undefined && field.bits < 0
  return (
    <tr className={isAgainst ? 'mi-row mi-against' : 'mi-row'}>
      <th scope="row" className="mi-label">
        {label}
      </th>
      <td className="mi-value">{one}</td>
      <td className="mi-value">{other}</td>
      <td className="mi-agreement">{field ? <Agreement field={field} /> : null}</td>
    </tr>
  )
}

function Agreement({ field: { level, bits, rarityBits } }: { readonly field: ExplainedField }) {
  const say = useWords(words)
  if (level === undefined) return <span className="x-quiet">{levelText(say, undefined)}</span>
  const share = Math.min(1, Math.abs(bits) / fullBits) * 50
  const isRare = rarityBits !== undefined && Math.abs(rarityBits) >= 0.1
  return (
    <>
      <span className="mi-level">
        <span aria-hidden>{bits < 0 ? '✗' : '✓'}</span> {levelText(say, level)}
        <strong className="x-number">{bitsText(bits)}</strong>
      </span>
      <span className="mi-bar" aria-hidden>
        <span
          className={bits < 0 ? 'mi-bar-against' : 'mi-bar-for'}
          style={bits < 0 ? { right: '50%', width: `${share}%` } : { left: '50%', width: `${share}%` }}
        />
      </span>
      {isRare ? (
        <span className="x-quiet">
          {say(rarityBits > 0 ? 'rarityUp' : 'rarityDown', { bits: Math.abs(rarityBits).toFixed(1) })}
        </span>
      ) : null}
    </>
  )
}

function valueIn(say: Say<MasterIndexWord>, field: string, side: SideFacts): ReactNode {
  switch (field) {
    case 'name':
      return <Lines of={side.names} />
    case 'birthDate':
      return <span className="x-number">{side.birthDate ?? '—'}</span>
    case 'sex':
      return sexText(say, side.gender) || '—'
    case 'citizen':
      return <Lines of={side.citizen} />
    case 'document':
      return <Lines of={numbersOf(say, side)} />
    case 'contact':
      return <Lines of={[...side.phones, ...side.addresses]} />
    default:
      return '—'
  }
}

function numbersOf(say: Say<MasterIndexWord>, { numbers, citizen }: SideFacts): readonly string[] {
  return numbers.flatMap(({ value, type, isOld }) => {
    if (citizen.includes(value)) return []
    const kind = type === 'MR' ? say('mrn') : (type ?? '')
    return [`${kind} ${value}${isOld ? ` (${say('notInUse')})` : ''}`.trim()]
  })
}

type Unweighed = { readonly label: string; readonly draw: (side: SideFacts) => ReactNode }

function unweighed(say: Say<MasterIndexWord>, times: Times): readonly Unweighed[] {
  return [
    { label: say('fieldPeople'), draw: ({ contacts }) => <Lines of={contacts} /> },
    { label: say('fieldVisits'), draw: ({ visits }) => <span className="x-number">{visits}</span> },
    { label: say('fieldUpdated'), draw: ({ updated }) => times.full(updated) },
    {
      label: say('fieldState'),
      draw: ({ isActive, isDead, replacedBy }) => {
        if (replacedBy) return say('mergedAway', { id: replacedBy })
        return [say(isActive ? 'inUse' : 'notInUse'), isDead ? say('dead') : ''].filter(Boolean).join(' · ')
      },
    },
  ]
}

function Lines({ of }: { readonly of: readonly string[] }) {
  if (of.length === 0) return <span className="x-quiet">—</span>
  return of.map((line) => (
    <span key={line} className="mi-line x-number">
      {line}
    </span>
  ))
}
