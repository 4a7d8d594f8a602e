/** Rights on the record: one line a resource type, a tick for each verb; with `onChange` the ticks can be turned. */
import { CheckOutlined, CloseOutlined } from '@ant-design/icons'
import { useWords } from '@xinglin/kit'
import { Button, Checkbox } from 'antd'
import { administrationWords } from './administration-words.ts'
import { type RecordRight, toggled, type Verb, verbs } from './record-rights.ts'

const verbWords = { c: 'verbC', r: 'verbR', u: 'verbU', d: 'verbD', s: 'verbS' } as const

type Props = {
  readonly rights: readonly RecordRight[]
  readonly onChange?: (rights: readonly RecordRight[]) => void
}

export function RightsTable({ rights, onChange }: Props) {
  const say = useWords(administrationWords)
  if (rights.length === 0) return <p className="x-quiet">{say('noRecordRights')}</p>
  const replace = (row: RecordRight, next: RecordRight | undefined) =>
    onChange?.(rights.flatMap((one) => (one === row ? (next ? [next] : []) : [one])))
  return (
    <table className="a-table">
      <thead>
        <tr>
          <th>{say('resourceType')}</th>
          {verbs.map((verb) => (
            <th key={verb} className="x-center">
              {say(verbWords[verb])}
            </th>
          ))}
          {onChange ? <th /> : null}
        </tr>
      </thead>
      <tbody>
        {rights.map((row) => (
          <tr key={row.type}>
            <td>{row.type === '*' ? say('everyType') : row.type}</td>
            {verbs.map((verb) => (
              <td key={verb} className="x-center">
                <Tick row={row} verb={verb} onToggle={onChange && (() => replace(row, toggled(row, verb)))} />
              </td>
            ))}
            {onChange ? (
              <td className="x-right">
                <Button
                  size="small"
                  type="text"
                  icon={<CloseOutlined />}
                  aria-label={say('removeType', { type: row.type })}
                  onClick={() => replace(row, undefined)}
                />
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

type TickProps = {
  readonly row: RecordRight
  readonly verb: Verb
  readonly onToggle: (() => void) | undefined
}

function Tick({ row, verb, onToggle }: TickProps) {
  const say = useWords(administrationWords)
  const isHeld = row.verbs.includes(verb)
  const label = `${row.type} ${say(verbWords[verb])}`
  if (onToggle) return <Checkbox checked={isHeld} aria-label={label} onChange={onToggle} />
  return isHeld ? (
    <CheckOutlined className="x-green" aria-label={`${label}: ${say('yes')}`} />
  ) : (
    <span className="x-quiet" role="img" aria-label={`${label}: ${say('no')}`}>
      ·
    </span>
  )
}
