/** How many anomalies wait to be judged, in the rail. */
import { useAsk, useWords } from '@xinglin/kit'
import type { WaitingAnswer } from '../contract.ts'
import { words } from './words.ts'
import './badge.css'

/** The platform itself looks each ten minutes. */
const everyMs = 60_000

export function WaitingBadge() {
  const say = useWords(words)
  const answer = useAsk<WaitingAnswer>('/api/audit/anomalies/waiting', { everyMs })
  const waiting = answer.state === 'ready' ? answer.data.waiting : 0
  if (waiting === 0) return null
  return (
    <span className="audit-badge" title={say('waitingCount', { count: waiting })}>
      {waiting}
    </span>
  )
}
