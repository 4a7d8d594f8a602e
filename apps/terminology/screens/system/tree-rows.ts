/** A tree as the rows that are seen: each branch where it stands, open ones followed by what is below them. */
import type { ConceptsAnswer } from '../../contract.ts'

export type TreeConcept = ConceptsAnswer['concepts'][number]
/** The codes from the top down; a code below two others stands in the tree twice. */
export type BranchKey = string

export type TreeRow =
  | {
      readonly kind: 'concept'
      readonly key: BranchKey
      readonly depth: number
      readonly concept: TreeConcept
      readonly isOpen: boolean
    }
  | {
      /** What is not there yet of a branch: being asked for, or to be asked for. */
      readonly kind: 'rest'
      readonly key: string
      readonly of: BranchKey
      readonly depth: number
      readonly isLoading: boolean
    }

/** What is known of a branch. */
export type Branch = {
  readonly concepts: readonly TreeConcept[]
  readonly hasMore: boolean
  readonly isLoading: boolean
}

export const topKey: BranchKey = ''

/** Unit separators stand in no code (R4 datatypes.html#code). */
const between = '\u001f'

export function childKey(parent: BranchKey, code: string): BranchKey {
  return parent === topKey ? code : `${parent}${between}${code}`
}

/** The code at the end of a key. */
export function codeOf(key: BranchKey): string {
  return key.split(between).at(-1) ?? ''
}

/** Where the parent of a row stands; the top for the tops. */
export function parentKey(key: BranchKey): BranchKey {
  return key.split(between).slice(0, -1).join(between)
}

/** The rows below a branch, from the top where none is named. */
export function treeRows(
  branches: ReadonlyMap<BranchKey, Branch>,
  open: ReadonlySet<BranchKey>,
  of: BranchKey = topKey,
  depth = 0,
): readonly TreeRow[] {
  const branch = branches.get(of)
  const rows = (branch?.concepts ?? []).flatMap((concept): readonly TreeRow[] => {
    const key = childKey(of, concept.code)
    const isOpen = concept.hasChildren && open.has(key)
    const row: TreeRow = { kind: 'concept', key, depth, concept, isOpen }
    return isOpen ? [row, ...treeRows(branches, open, key, depth + 1)] : [row]
  })
  const isLoading = branch?.isLoading ?? true
  if (!isLoading && !branch?.hasMore) return rows
  return [...rows, { kind: 'rest', key: `${of}${between}${between}`, of, depth, isLoading }]
}
