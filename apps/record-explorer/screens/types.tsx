/** What does the record hold, and what changed last? */
import { useIsNarrow, useScreen, useWords } from '@xinglin/kit'
import { Segmented } from 'antd'
import { explorerWords } from './explorer-words.ts'
import './explorer.css'
import { RecentChanges } from './recent-changes.tsx'
import { TypeList } from './type-list.tsx'

export function TypesScreen() {
  const say = useWords(explorerWords)
  const { search, setSearch } = useScreen()
  const isNarrow = useIsNarrow()
  const part = search.get('part') === 'changes' ? 'changes' : 'types'
  if (isNarrow)
    return (
      <div className="rx-screen">
        <div className="rx-tools">
          <Segmented
            size="small"
            value={part}
            options={[
              { value: 'types', label: say('types') },
              { value: 'changes', label: say('recent') },
            ]}
            onChange={(next) => setSearch({ part: next === 'types' ? undefined : next })}
          />
        </div>
        {part === 'types' ? <TypeList /> : <RecentChanges />}
      </div>
    )
  return (
    <div className="rx-halves">
      <section className="rx-screen" aria-label={say('types')}>
        <TypeList />
      </section>
      <section className="rx-screen" aria-label={say('recent')}>
        <RecentChanges />
      </section>
    </div>
  )
}
