/** Follows unfinished work of one's own at the FHIR door, which leaves no audit entry for each look. */
import { useRefresh } from '@xinglin/kit'
import { useEffect } from 'react'
import { useDoor } from '../fhir/door.ts'
import { isUnfinished, type Job, jobsPath, statusPath } from './job.ts'
import { type Standing, standingOf } from './told.ts'

/** A bar that moves each second is seen to move. */
const askEveryMs = 1_000

/** Undefined where it is somebody else's, or finished; the list is asked again when it ends. */
export function useStanding(job: Job): Standing | undefined {
  const refresh = useRefresh()
  const isFollowed = job.isOwn && isUnfinished(job)
  const answer = useDoor(isFollowed ? { path: statusPath(job) } : undefined, {
    read: standingOf,
    everyMs: askEveryMs,
    staleAfterMs: 0,
  })
  const standing = isFollowed && answer.state === 'ready' ? answer.data : undefined
  const hasEnded = isFollowed && (standing?.isFinished === true || answer.state === 'failed')
  useEffect(() => {
    if (hasEnded) void refresh(jobsPath)
  }, [hasEnded, refresh])
  return standing?.isFinished ? undefined : standing
}
