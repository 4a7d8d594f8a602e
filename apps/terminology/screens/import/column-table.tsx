/** What each column of a CSV file holds. */
import { useWords } from '@xinglin/kit'
import { Select } from 'antd'
import { words } from '../words.ts'
import { type FileColumn, type Role, roles } from './columns.ts'

type Props = {
  readonly columns: readonly FileColumn[]
  readonly isDisabled: boolean
  readonly onChange: (columns: readonly FileColumn[]) => void
}

export function ColumnTable({ columns, isDisabled, onChange }: Props) {
  const say = useWords(words)
  const choose = (at: number, role: Role) =>
    onChange(columns.map((each, index) => (index === at ? { ...each, role } : each)))
  return (
    <section aria-label={say('columns')}>
      <h2>{say('columns')}</h2>
      <table className="term-table">
        <thead>
          <tr>
            <th>{say('column')}</th>
            <th>{say('example')}</th>
            <th>{say('meaning')}</th>
          </tr>
        </thead>
        <tbody>
          {columns.map(({ name, example, role }, at) => (
            <tr key={name}>
              <td>{name}</td>
              <td className="x-quiet">{example}</td>
              <td>
                <Select
                  size="small"
                  className="term-wide"
                  value={role}
                  disabled={isDisabled}
                  aria-label={name}
                  popupMatchSelectWidth={false}
                  options={optionsFor(role).map((value) => ({
                    value,
                    label: isNamed(value) ? say(`role_${value}`) : value,
                  }))}
                  onChange={(next: Role) => choose(at, next)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** A language that has no word here stands among the others where the file names it. */
function optionsFor(role: Role): readonly Role[] {
  return isNamed(role) ? roles : [role, ...roles]
}

function isNamed(role: Role): role is (typeof roles)[number] {
  return (roles as readonly Role[]).includes(role)
}
