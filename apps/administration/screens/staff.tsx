/** What became of people's work: rights to be reviewed after moves, what personnel told, rules of titles, departments entrusted. */
import { useScreen, useWords } from '@xinglin/kit'
import { Segmented } from 'antd'
import './administration.css'
import { Entrusted } from './entrusted.tsx'
import { PersonnelEvents } from './personnel-events.tsx'
import { Reviews } from './reviews.tsx'
import { Rules } from './rules.tsx'
import { staffWords } from './staff-words.ts'

const parts = { reviews: Reviews, events: PersonnelEvents, rules: Rules, entrusted: Entrusted } as const
type Part = keyof typeof parts
const names: readonly Part[] = ['reviews', 'events', 'rules', 'entrusted']

export function StaffScreen() {
  const say = useWords(staffWords)
  const { search, setSearch } = useScreen()
  const part = names.find((name) => name === search.get('part')) ?? 'reviews'
  const Shown = parts[part]
  return (
    <div className="a-screen">
      <div className="a-tools">
        <Segmented
          value={part}
          onChange={(next) => setSearch({ part: next })}
          options={names.map((name) => ({ value: name, label: say(name) }))}
        />
      </div>
      <div className="a-page">
        <Shown />
      </div>
    </div>
  )
}
