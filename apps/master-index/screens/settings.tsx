/** By which rules are records taken for one person, what would others make of the pairs, and how far is the scan? */
import { Answered, useAsk, useTimes, useWords } from '@xinglin/kit'
import type { SettingsAnswer } from '../contract.ts'
import { RulesForm } from './rules-form.tsx'
import { Scans } from './scans.tsx'
import { words } from './words.ts'
import './master-index.css'

/** While a scan runs its progress is asked for this often. */
const lookEveryMs = 2_000

export function SettingsScreen() {
  const answer = useAsk<SettingsAnswer>('/api/master-index/settings', { everyMs: lookEveryMs })
  return (
    <div className="mi-page">
      <Answered answer={answer}>
        {(settings) => (
          <>
            <InForce settings={settings} />
            <RulesForm key={settings.version} settings={settings} />
            <Scans settings={settings} />
          </>
        )}
      </Answered>
    </div>
  )
}

function InForce({ settings: { version, saved, people } }: { readonly settings: SettingsAnswer }) {
  const say = useWords(words)
  const times = useTimes()
  return (
    <section className="mi-part">
      <h2>{say('inForce')}</h2>
      <p className="x-quiet">
        {saved
          ? say('savedBy', { version, name: saved.display, time: times.moment(saved.at), note: saved.note })
          : say('shipped')}{' '}
        · {say('peopleCount', { count: people })}
      </p>
    </section>
  )
}
