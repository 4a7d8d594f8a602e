/** How much of a job is done, as a bar in the colour of its state; the number stands beside it. */
import { useWords } from '@xinglin/kit'
import { Progress } from 'antd'
import { bulkWords } from './bulk-words.ts'
import type { Job } from './job.ts'

const colours: Readonly<Record<Job['state'], string>> = {
  waiting: 'var(--blue)',
  running: 'var(--blue)',
  done: 'var(--green)',
  failed: 'var(--red)',
  cancelled: 'var(--quiet)',
}

type Props = { readonly state: Job['state']; readonly percent: number; readonly isSmall?: boolean }

export function Share({ state, percent, isSmall }: Props) {
  const say = useWords(bulkWords)
  return (
    <Progress
      percent={percent}
      status="normal"
      strokeColor={colours[state]}
      aria-label={say('progress')}
      {...(isSmall ? { size: 'small' } : {})}
    />
  )
}
