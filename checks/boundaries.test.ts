/** The house's first law as a test: imports cross only the doors that docs/architecture.md allows. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brokenLaw, type Party } from './laws.ts'
import { type Import, importsOf, sourceFiles, targetOf, type Workspace, workspaces } from './sources.ts'

const all = workspaces()
const imports = sourceFiles(/^(?!.*\/generated\/).*\.tsx?$/).flatMap(importsOf)
/** Tests, and what stands beside them for tests alone: `fixtures`, `testing`, `test-….ts`. */
const isTest = (file: string) => /\.test\.tsx?$|\/(?:fixtures|testing)[/.]|\/test-[^/]+\.ts$/.test(file)
const workspaceOf = (file: string) => all.find(({ folder }) => file.startsWith(`${folder}/`))

/** The workspace and door that an import of ours names; undefined for packages of others. */
function partyOf({ specifier }: Import): (Party & { name: string }) | undefined {
  const workspace = all.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`))
  return (
    workspace && {
      folder: workspace.folder,
      door: specifier.slice(workspace.name.length),
      name: workspace.name,
    }
  )
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

test('every import crosses only the doors that the architecture allows', () => {
  const broken = imports.flatMap((item) => {
    const from = workspaceOf(item.file)
    const to = partyOf(item)
    if (!from || !to) return []
    const law = brokenLaw({ folder: from.folder, isTest: isTest(item.file) }, to)
    return law ? [`${item.file}:${item.line} imports ${item.specifier}, but ${law}.`] : []
  })
  assert.deepEqual(broken, [])
})

test('no relative import leaves its package', () => {
  const broken = imports.flatMap((item) => {
    const from = workspaceOf(item.file)
    if (!from || !item.specifier.startsWith('.')) return []
    return targetOf(item).startsWith(`${from.folder}/`)
      ? []
      : [
          `${item.file}:${item.line} reaches out of ${from.folder} by ${item.specifier}; import the package by its name.`,
        ]
  })
  assert.deepEqual(broken, [])
})

test('every package that is imported is declared where it is used', () => {
  const isDeclared = (workspace: Workspace, name: string) =>
    workspace.name === name ||
    workspace.dependencies.has(name) ||
    workspace.dependencies.has(`@types/${name}`)
  const broken = imports.flatMap((item) => {
    const from = workspaceOf(item.file)
    if (!from || /^(\.|node:|virtual:)/.test(item.specifier)) return []
    if (isTest(item.file) && partyOf(item)) return []
    const name = packageOf(item.specifier)
    return isDeclared(from, name)
      ? []
      : [`${item.file}:${item.line} imports ${name}, which ${from.folder}/package.json does not declare.`]
  })
  assert.deepEqual(broken, [])
})

test('standards do no input or output', () => {
  const io = /^node:(fs|net|http|https|http2|dns|tls|dgram|child_process|worker_threads)/
  const broken = imports
    .filter(
      ({ file, specifier }) =>
        /^standards\/[^/]+\/(?!generate)/.test(file) && !isTest(file) && io.test(specifier),
    )
    .map(({ file, line, specifier }) => `${file}:${line} imports ${specifier}, but standards are pure code.`)
  assert.deepEqual(broken, [])
})

test('a screen takes nothing from the server side but contracts, which are shapes and addresses', () => {
  const broken = imports
    .filter(
      ({ file, specifier }) =>
        /^apps\/[^/]+\/screens\//.test(file) &&
        !isTest(file) &&
        (specifier.startsWith('node:') || /^@xinglin\/(?!kit$|fhir|[\w-]+\/contract$)/.test(specifier)),
    )
    .map(
      ({ file, line, specifier }) =>
        `${file}:${line} imports ${specifier}, but a screen runs in the browser.`,
    )
  assert.deepEqual(broken, [])
})

test('the laws refuse what the architecture refuses', () => {
  const cases: readonly (readonly [from: Party, to: Party, law: string])[] = [
    [
      { folder: 'standards/hl7v2' },
      { folder: 'kernel/records' },
      'standards are pure and import nothing of ours',
    ],
    [
      { folder: 'apps/chart' },
      { folder: 'apps/imaging', door: '/server' },
      "another app is reached by its '/contract' only",
    ],
    [{ folder: 'connectors/fhir-api' }, { folder: 'server' }, 'the composition root is imported by nobody'],
    [{ folder: 'kernel/web' }, { folder: 'kernel/testkit' }, 'only tests may use kernel/testkit'],
    [{ folder: 'ui/kit' }, { folder: 'ui/shell' }, 'ui/kit imports nothing of ours'],
  ]
  assert.deepEqual(
    cases.map(([from, to]) => brokenLaw(from, to)),
    cases.map(([, , law]) => law),
  )
})
