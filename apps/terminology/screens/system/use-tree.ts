/** The open branches of a tree, each asked for by pages when it is opened. */
import { useQueries } from '@tanstack/react-query'
import { type AnswerError, ask } from '@xinglin/kit'
import { useCallback, useMemo, useState } from 'react'
import type { ConceptsAnswer } from '../../contract.ts'
import { asAnswerError, pageSize, staleAfterMs } from '../use-offset-pages.ts'
import { type Branch, type BranchKey, childKey, codeOf, type TreeRow, topKey, treeRows } from './tree-rows.ts'
import { conceptsPath, type SystemKey } from './use-concepts.ts'

export type Tree = {
  readonly rows: readonly TreeRow[]
  readonly error: AnswerError | undefined
  readonly open: (key: BranchKey) => void
  readonly close: (key: BranchKey) => void
  /** Opens all branches from the top down to a code. */
  readonly reveal: (path: readonly string[]) => void
  readonly more: (key: BranchKey) => void
}

export function useTree(system: SystemKey): Tree {
  // How many pages of each open branch are wanted; the top is always open.
  const [pages, setPages] = useState<ReadonlyMap<BranchKey, number>>(new Map([[topKey, 1]]))
  const asked = useMemo(
    () => [...pages].flatMap(([key, count]) => Array.from({ length: count }, (_, page) => ({ key, page }))),
    [pages],
  )
  const answers = useQueries({
    queries: asked.map(({ key, page }) => {
      const among =
        key === topKey ? ({ among: 'top' } as const) : ({ among: 'below', code: codeOf(key) } as const)
      const path = conceptsPath(system, among, page * pageSize)
      return {
        queryKey: ['ask', path],
        queryFn: ({ signal }: { signal: AbortSignal }) => ask<ConceptsAnswer>(path, { signal }),
        staleTime: staleAfterMs,
        retry: false,
      }
    }),
  })
  const change = useCallback((key: BranchKey, count: (before: number) => number) => {
    setPages((present) => {
      const next = new Map(present)
      const wanted = count(present.get(key) ?? 0)
      if (wanted > 0) next.set(key, wanted)
      else next.delete(key)
      return next
    })
  }, [])
  const branches = new Map<BranchKey, Branch>()
  for (const [at, { key }] of asked.entries()) {
    const answer = answers[at]
    const before = branches.get(key)?.concepts ?? []
    const found = answer?.data?.concepts ?? []
    branches.set(key, {
      concepts: [...before, ...found],
      hasMore: found.length === pageSize,
      isLoading: answer?.isPending ?? true,
    })
  }
  const error = answers.find((each) => each.error)?.error
  return {
    rows: treeRows(branches, new Set(pages.keys())),
    error: error ? asAnswerError(error) : undefined,
    open: useCallback((key) => change(key, (before) => Math.max(1, before)), [change]),
    close: useCallback((key) => change(key, () => 0), [change]),
    more: useCallback((key) => change(key, (before) => before + 1), [change]),
    reveal: useCallback(
      (path) => {
        for (const at of path.keys())
          change(path.slice(0, at + 1).reduce(childKey, topKey), (before) => Math.max(1, before))
      },
      [change],
    ),
  }
}
