/** While old resources are indexed again, what they are not yet found by is refused: half an answer looks like a whole one. */
import type { Queryable } from '@xinglin/database'
import { busy } from '@xinglin/fhir'
import type { ParameterQuery } from '@xinglin/fhir/search'
import { reindexProgress } from '../write/reindex.ts'
import type { SearchRequest } from './request.ts'
import { isAnywhere } from './within.ts'

export interface IndexState {
  /** Throws `busy` where the query asks for what the index of old resources does not have yet. */
  check(
    from: Queryable,
    queries: readonly ParameterQuery[],
    among: Pick<SearchRequest, 'contained'>,
  ): Promise<void>
}

/** Asks the database until everything is indexed, then never again. */
export function createIndexState(): IndexState {
  let isDone = false
  return {
    async check(from, queries, { contained }) {
      if (isDone) return
      if (contained === 'false' && !queries.some((query) => isAnywhere(query, isRecent))) return
      const progress = await reindexProgress(from)
      isDone = progress.isDone
      if (isDone) return
      const percent = Math.floor(progress.share * 100)
      throw busy(`older resources are being indexed for this search, ${percent}% are; ask again later`, {
        code: 'records.indexing',
      })
    },
  }
}

/** What the last reindexing brought. */
function isRecent(query: ParameterQuery): boolean {
  switch (query.kind) {
    case 'composite':
    case 'near':
      return true
    case 'token':
      return query.modifier === 'of-type' || query.modifier === 'text'
    case 'uri':
      return query.modifier === 'below'
    default:
      return false
  }
}
