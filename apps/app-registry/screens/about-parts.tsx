/** What is known of an app beyond its registration: its keys, who uses it, what was done to it and why. */
import { useTimes, useWords } from '@xinglin/kit'
import type { AboutAnswer, KeyShown, Use } from '../contract.ts'
import { Lines } from './lines.tsx'
import { registryWords } from './words.ts'

export function Keys({ keys }: { readonly keys: readonly KeyShown[] }) {
  const say = useWords(registryWords)
  if (keys.length === 0) return null
  return (
    <section className="ar-part">
      <h3>{say('keys')}</h3>
      <Lines lines={keys.map(keyText)} />
    </section>
  )
}

/** One key in one line: id, kind, algorithm, thumbprint. */
export function keyText({ id, kind, algorithm, thumbprint }: KeyShown): string {
  return [id, kind, algorithm, thumbprint].filter(Boolean).join(' · ')
}

export function UsePart({
  use,
  isService,
}: {
  readonly use: AboutAnswer['use']
  readonly isService: boolean
}) {
  const say = useWords(registryWords)
  const last = useLast()
  const sums = { tokens: String(use.tokens), people: String(use.people) }
  return (
    <section className="ar-part">
      <h3>{say('use')}</h3>
      <p>
        {use.tokens === 0 ? say('useNone') : say(isService ? 'useService' : 'useSum', sums)}
        <span className="x-quiet"> {last(use)}</span>
      </p>
      <ul>
        {use.staff.map((each) => (
          <li key={each.display}>
            {each.display} <span className="x-quiet">{last(each)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function useLast() {
  const say = useWords(registryWords)
  const times = useTimes()
  return ({ lastUsed, lastToken }: Use) => {
    if (lastUsed) return say('lastUsed', { at: times.full(lastUsed) ?? lastUsed })
    return lastToken ? say('lastToken', { at: times.full(lastToken) ?? lastToken }) : ''
  }
}

export function History({ acts }: Pick<AboutAnswer, 'acts'>) {
  const say = useWords(registryWords)
  const times = useTimes()
  return (
    <section className="ar-part">
      <h3>{say('history')}</h3>
      <ol className="ar-history">
        {acts.map(({ at, kind, byDisplay, reason }) => (
          <li key={`${at} ${kind}`}>
            <strong>{say(`act_${kind}`)}</strong> · {byDisplay}{' '}
            <span className="x-quiet">{times.full(at)}</span>
            {reason ? <div>{reason}</div> : null}
          </li>
        ))}
      </ol>
    </section>
  )
}
