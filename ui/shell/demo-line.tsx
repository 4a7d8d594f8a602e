/** How far the demonstration hospital has been filled; nothing where it is not being filled. */
import { useAsk, useWords } from '@xinglin/kit'
import { shellWords } from './shell-words.ts'

type Demo = {
  readonly state: 'off' | 'waiting' | 'filling' | 'filled' | 'failed'
  readonly done?: number
  readonly total?: number
}

/** Once a second is fast enough to be seen moving and costs nothing. */
const askEveryMs = 1_000

export function DemoLine() {
  const say = useWords(shellWords)
  const first = useAsk<Demo>('/api/demo')
  const isFilling = first.state === 'ready' && first.data.state === 'filling'
  const answer = useAsk<Demo>('/api/demo', isFilling ? { everyMs: askEveryMs } : {})
  if (answer.state !== 'ready' || answer.data.state !== 'filling') return null
  const { done = 0, total = 0 } = answer.data
  return (
    <div className="s-demo x-no-print" role="status">
      <progress value={done} max={total || 1} aria-label={say('demoFillingPlain')} />
      <span className="x-number">
        {total > 0 ? say('demoFilling', { done, total }) : say('demoFillingPlain')}
      </span>
    </div>
  )
}
