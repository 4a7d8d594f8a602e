/** docs/decisions is whole: one number a page, every page in the list, every library with its reason. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readSource, root, workspaces } from './sources.ts'

const folder = 'docs/decisions'
const pages = readdirSync(join(root, folder)).filter((name) => /^\d{4}-.*\.md$/.test(name))

test('each decision has a number of its own, at the head of its page and in the list', () => {
  const list = readSource(`${folder}/README.md`)
  const numbers = pages.map((name) => Number(name.slice(0, 4)))
  const wrong = pages.filter((name) => {
    const number = Number(name.slice(0, 4))
    return !readSource(`${folder}/${name}`).startsWith(`# ${number}. `) || !list.includes(`(${name})`)
  })
  assert.deepEqual(wrong, [])
  assert.equal(new Set(numbers).size, numbers.length)
})

test('every library that a package declares has a line that says why', () => {
  const reasons = readSource(`${folder}/dependencies.md`)
  const declared = workspaces().flatMap(({ folder: at }) => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(
      readFileSync(join(root, at, 'package.json'), 'utf8'),
    ) as Readonly<Record<string, Readonly<Record<string, string>> | undefined>>
    return Object.keys({ ...dependencies, ...devDependencies })
  })
  // Sisters of one scope share a line, which names the others by their last words (`-openjpeg`, `tools`).
  const isNamed = (name: string) =>
    reasons.includes(name) || reasons.includes(name.replace(/^@[^/]+\//, '').replace(/^codec(?=-)/, ''))
  const missing = declared.filter((name) => !name.startsWith('@xinglin/') && !isNamed(name))
  assert.deepEqual([...new Set(missing)], [])
})
