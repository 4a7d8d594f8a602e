/** Which code systems and value sets are held, what is a code elsewhere, and how does a new system come in? */
import { useScreen, useWords } from '@xinglin/kit'
import { Segmented } from 'antd'
import type { ReactNode } from 'react'
import { Imports } from './import/imports.tsx'
import { SetList } from './sets.tsx'
import { SystemList } from './systems.tsx'
import './terminology.css'
import { Translate } from './translate/translate.tsx'
import { words } from './words.ts'

const parts = ['systems', 'sets', 'translate', 'imports'] as const
const drawn: Readonly<Record<(typeof parts)[number], () => ReactNode>> = {
  systems: () => <SystemList />,
  sets: () => <SetList />,
  translate: () => <Translate />,
  imports: () => <Imports />,
}

export function HomeScreen() {
  const say = useWords(words)
  const { search, setSearch } = useScreen()
  const part = parts.find((each) => each === search.get('part')) ?? 'systems'
  return (
    <div className="term-screen">
      <div className="term-tools">
        <Segmented
          value={part}
          options={parts.map((value) => ({ value, label: say(`part_${value}`) }))}
          onChange={(next) => setSearch({ part: next === 'systems' ? undefined : next })}
        />
      </div>
      {drawn[part]()}
    </div>
  )
}
