/**
 * Bad input, one row each with the whole OperationOutcome that answers it. The rows stand as text beside this file: a
 * sentence, the request (`@` a header, `>` the body), `=` the status, then `-` each issue as severity, code, own code (and
 * the key of an invariant after `+`), expression (or `-`) and sentence.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type Asked, testDoor } from '../testing/door.ts'

const { ask } = await testDoor({ limits: { bodyBytes: 200_000 } })

type Row = {
  readonly sentence: string
  readonly request: string
  readonly asked: Asked
  readonly status: number
  readonly issues: readonly object[]
}

function rowsIn(text: string): readonly Row[] {
  const [, ...blocks] = text.trimEnd().split('\n\n')
  return blocks.map((block) => {
    const [sentence = '', request = '', ...lines] = block.split('\n')
    const marked = (mark: string) =>
      lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(2))
    const headers = marked('@ ').map((line) => {
      const cut = line.indexOf(': ')
      return [line.slice(0, cut), line.slice(cut + 2)] as const
    })
    return {
      sentence,
      request,
      asked: { body: marked('> ')[0], headers: Object.fromEntries(headers) },
      status: Number(marked('= ')[0]),
      issues: marked('- ').map(issueOf),
    }
  })
}

/** `error value fhir.value Patient.birthDate | Patient.birthDate is not a date …`. */
function issueOf(line: string): object {
  const cut = line.indexOf(' | ')
  const [severity, code, own = '', at] = line.slice(0, cut).split(' ')
  const [name, key] = own.split('+')
  const ofInvariant =
    key === undefined ? [] : [{ system: 'http://hl7.org/fhir/StructureDefinition', code: key }]
  return {
    severity,
    code,
    details: { coding: [{ system: 'urn:xinglin:error', code: name }, ...ofInvariant] },
    diagnostics: line.slice(cut + 3),
    ...(at === '-' ? {} : { expression: [at] }),
  }
}

const put = (resource: { resourceType: string; id: string }) =>
  ask('PUT', `${resource.resourceType}/${resource.id}`, { body: resource })
const identified = (id: string, value: string, more: object = {}) => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: 'urn:s', value }],
  ...more,
})

// Whom the rows speak of: a, who was deleted, and twins of one identifier.
await put(identified('a', 'a', { active: true, name: [{ text: 'A' }, { text: 'B' }] }))
await put({ resourceType: 'Patient', id: 'gone' })
await ask('DELETE', 'Patient/gone')
await put(identified('t1', 'twin'))
await put(identified('t2', 'twin'))
await put({ resourceType: 'Observation', id: 'o', status: 'final', code: { text: 'x' } } as {
  resourceType: string
  id: string
})

const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.txt'))
const sections = files.map((file) => ({
  file,
  rows: rowsIn(readFileSync(new URL(file, import.meta.url), 'utf8')),
}))

for (const { file, rows } of sections) {
  for (const row of rows) {
    test(`${file.slice(0, -4)}: ${row.sentence}`, async () => {
      const [, method = '', path = ''] = /^(\S+) ?(.*)$/.exec(row.request) ?? []

      const { status, body } = await ask(method, path, row.asked)

      assert.deepEqual({ status, body }, { status: row.status, body: outcome(row.issues) })
    })
  }
}

test('there are at least two hundred of them, and each is refused', () => {
  const rows = sections.flatMap((section) => section.rows)

  assert.ok(rows.length >= 200)
  assert.deepEqual(
    rows.filter(({ status, issues }) => status < 400 || issues.length === 0),
    [],
  )
})

/** Too long to stand as text, or no text at all. */
const made: readonly (readonly [
  sentence: string,
  request: string,
  body: unknown,
  status: number,
  issue: string,
])[] = [
  [
    'bytes that are not UTF-8',
    'POST Patient',
    Buffer.from('{"resourceType":"Patient","name":[{"family":"J\u00fcrgen"}]}', 'latin1'),
    400,
    'error invalid web.utf8 - | the body is not UTF-8',
  ],
  [
    'more than the door takes at once',
    'POST Patient',
    { resourceType: 'Patient', photo: [{ title: 'x'.repeat(300_000) }] },
    413,
    'error too-long web.body-too-large - | the body is larger than this address takes',
  ],
  [
    'nesting beyond the parser',
    'POST Patient',
    `${'{"extension":['.repeat(60)}1${']}'.repeat(60)}`,
    400,
    'error invalid web.json-depth - | the JSON is nested deeper than 100 levels',
  ],
  [
    'more parameters than one search has',
    `GET Patient?${Array(101).fill('name=a').join('&')}`,
    undefined,
    400,
    'error invalid records.too-many-parameters - | a search has at most 100 parameters',
  ],
  [
    'more alternatives than one parameter has',
    `GET Patient?_id=${Array.from({ length: 1001 }, (_, at) => at).join(',')}`,
    undefined,
    400,
    'error invalid search.too-many-values _id | _id has 1001 alternatives; at most 1000 are allowed',
  ],
]

for (const [sentence, request, body, status, issue] of made) {
  test(`made: ${sentence}`, async () => {
    const [method = '', path = ''] = request.split(' ')

    const answer = await ask(method, path, { body })

    assert.deepEqual(
      { status: answer.status, body: answer.body },
      { status, body: outcome([issueOf(issue)]) },
    )
  })
}

function outcome(issue: readonly object[]): object {
  return { resourceType: 'OperationOutcome', issue }
}
