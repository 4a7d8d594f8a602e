/** Does every part of the system work, and is anything full, slow or behind? */
import { Answered, useAsk, useTimes, useWords } from '@xinglin/kit'
import type { SystemHealth } from '../contract.ts'
import { administrationWords } from './administration-words.ts'
import './administration.css'
import {
  DatabasePart,
  DoorsPart,
  JobsPart,
  LogPart,
  ObjectsPart,
  Parts,
  ProcessPart,
  RecordsPart,
  TablesPart,
} from './health-parts.tsx'

/** Each look leaves an audit entry; faster than this nobody reads. */
const everyMs = 10_000

export function HealthScreen() {
  const say = useWords(administrationWords)
  const times = useTimes()
  const answer = useAsk<SystemHealth>('/api/administration/health', { everyMs })
  return (
    <div className="a-screen">
      <Answered answer={answer}>
        {(health) => (
          <>
            <div className="a-tools x-quiet">{say('asOf', { time: times.full(health.at) })}</div>
            <div className="a-health">
              <div>
                <Parts health={health} />
                <ProcessPart health={health} />
                <ObjectsPart health={health} />
                <JobsPart health={health} />
              </div>
              <div>
                <DatabasePart health={health} />
                <LogPart health={health} />
                <DoorsPart health={health} />
              </div>
              <TablesPart health={health} />
              <RecordsPart health={health} />
            </div>
          </>
        )}
      </Answered>
    </div>
  )
}
