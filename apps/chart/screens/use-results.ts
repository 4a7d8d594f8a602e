/** All pages of the cumulative table as one table. */
import { type Answer, useAskPages } from '@xinglin/kit'
import { useMemo } from 'react'
import { joinTables } from '../reading/cumulative.ts'
import type { CumulativeTable, ResultsAnswer } from '../reading/shapes.ts'
import { useRecord } from './record-place.ts'

export function useResults() {
  const { pathOf } = useRecord()
  const { answer, more, isLoadingMore } = useAskPages<ResultsAnswer>(pathOf('results'), 'next')
  const joined = useMemo<Answer<CumulativeTable>>(
    () => (answer.state === 'ready' ? { ...answer, data: joinTables(answer.data) } : answer),
    [answer],
  )
  return { answer: joined, more, isLoadingMore }
}
