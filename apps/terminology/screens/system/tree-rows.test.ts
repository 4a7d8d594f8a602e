/** The rows of a tree. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Branch, childKey, codeOf, parentKey, topKey, treeRows } from './tree-rows.ts'

const concept = (code: string, hasChildren = false) => ({
  ...{ code, designations: [], isInactive: false, isAbstract: false },
  hasChildren,
})
const branch = (concepts: Branch['concepts'], more: Partial<Branch> = {}): Branch => ({
  ...{ concepts, hasMore: false, isLoading: false },
  ...more,
})
const shown = (branches: ReadonlyMap<string, Branch>, open: readonly string[]) =>
  treeRows(branches, new Set(open)).map((row) =>
    row.kind === 'concept' ? `${'  '.repeat(row.depth)}${row.concept.code}` : `${'  '.repeat(row.depth)}…`,
  )

test('an open branch is followed by what stands below it, a closed one is not', () => {
  const below = childKey('E', 'E1')
  const branches = new Map([
    [topKey, branch([concept('E', true), concept('I')])],
    ['E', branch([concept('E1', true), concept('E2')])],
    [below, branch([concept('E1.0')])],
  ])
  assert.deepEqual(shown(branches, []), ['E', 'I'])
  assert.deepEqual(shown(branches, ['E']), ['E', '  E1', '  E2', 'I'])
  assert.deepEqual(shown(branches, ['E', below]), ['E', '  E1', '    E1.0', '  E2', 'I'])
})

test('what is not there yet of a branch stands at its end', () => {
  const branches = new Map([
    [topKey, branch([concept('E', true), concept('F', true)])],
    ['F', branch([concept('F1')], { hasMore: true })],
  ])
  assert.deepEqual(shown(branches, ['E', 'F']), ['E', '  …', 'F', '  F1', '  …'])
})

test('a key tells its code and its parent', () => {
  const key = childKey(childKey('A', 'B'), 'C')
  assert.deepEqual([codeOf(key), codeOf(parentKey(key)), parentKey('A')], ['C', 'B', topKey])
})
