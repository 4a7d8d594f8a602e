/** FHIR R4 §3.1.1.4: what one parameter of a request means, and what it cannot mean. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ResourceType } from '../model.ts'
import { OutcomeError } from '../outcome.ts'
import { dateRange } from './dates.ts'
import { parseParameter } from './parse-parameter.ts'

const options = {
  timeZone: 'Asia/Shanghai',
  nowMs: Date.parse('2024-01-11T00:00:00Z'),
  baseUrl: 'http://here/fhir/R4',
}
const parse = (type: ResourceType, name: string, value: string) => parseParameter(type, name, value, options)

test('§3.1.1.4.10 token: any system, one system, none, a whole system, escapes and alternatives', () => {
  assert.deepEqual(parse('Observation', 'code', 'a,s|b,|c,s|,d\\,e\\|f'), {
    kind: 'token',
    parameter: 'code',
    values: [
      { system: undefined, code: 'a' },
      { system: 's', code: 'b' },
      { system: null, code: 'c' },
      { system: 's', code: undefined },
      { system: undefined, code: 'd,e|f' },
    ],
  })
})

test('§3.1.1.4.4 modifiers: not, of-type, missing, exact, identifier', () => {
  const token = (name: string, value: string) => parse('Patient', name, value)
  assert.deepEqual(token('gender:not', 'male'), {
    kind: 'token',
    parameter: 'gender',
    modifier: 'not',
    values: [{ system: undefined, code: 'male' }],
  })
  assert.deepEqual(token('identifier:of-type', 's|MR|77'), {
    kind: 'token',
    parameter: 'identifier',
    modifier: 'of-type',
    values: [{ system: 's', code: 'MR', value: '77' }],
  })
  assert.deepEqual(token('gender:missing', 'true'), {
    kind: 'missing',
    parameter: 'gender',
    of: 'token',
    isMissing: true,
  })
  assert.deepEqual(token('name:exact', '张'), {
    kind: 'string',
    parameter: 'name',
    modifier: 'exact',
    values: ['张'],
  })
  assert.deepEqual(parse('Observation', 'subject:identifier', 's|v'), {
    kind: 'reference',
    parameter: 'subject',
    values: [{ kind: 'identifier', system: 's', value: 'v' }],
  })
})

test('§3.1.1.4.12 reference: id, typed id, own address, url, version', () => {
  const values = (name: string, value: string) => {
    const query = parse('Observation', name, value)
    return query.kind === 'reference' ? query.values : query
  }
  assert.deepEqual(values('patient', '7'), [{ kind: 'local', types: ['Patient'], id: '7' }])
  assert.deepEqual(values('subject', 'Patient/7,http://here/fhir/R4/Group/8'), [
    { kind: 'local', types: ['Patient'], id: '7' },
    { kind: 'local', types: ['Group'], id: '8' },
  ])
  assert.deepEqual(values('subject:Patient', '7'), [{ kind: 'local', types: ['Patient'], id: '7' }])
  assert.deepEqual(values('subject', 'http://other/fhir/Patient/7'), [
    { kind: 'url', url: 'http://other/fhir/Patient/7' },
  ])
})

test('§3.1.1.4.6 numbers mean their significant digits, §3.1.1.4.11 quantities their unit too', () => {
  const value = (written: string) => {
    const query = parse('Observation', 'value-quantity', written)
    return query.kind === 'quantity' ? query.values[0] : query
  }
  assert.deepEqual(value('100'), {
    prefix: 'eq',
    value: 100,
    low: 99.5,
    high: 100.5,
    system: undefined,
    code: undefined,
  })
  assert.deepEqual(value('le5.40|http://unitsofmeasure.org|mmol/L'), {
    prefix: 'le',
    value: 5.4,
    low: 5.395,
    high: 5.405,
    system: 'http://unitsofmeasure.org',
    code: 'mmol/L',
  })
  assert.deepEqual(value('ap1e2||kg'), {
    prefix: 'ap',
    value: 100,
    low: 50,
    high: 150,
    system: undefined,
    code: 'kg',
  })
  assert.deepEqual(value('ap200'), {
    prefix: 'ap',
    value: 200,
    low: 180,
    high: 220,
    system: undefined,
    code: undefined,
  })
})

test('§3.1.1.4.7 a partial date is a range in the hospital’s zone', () => {
  const range = (text: string) => {
    const found = dateRange(text, 'Asia/Shanghai')
    return found && [new Date(found.lowMs).toISOString(), found.highMs - found.lowMs]
  }
  const hourMs = 3_600_000
  assert.deepEqual(range('2023'), ['2022-12-31T16:00:00.000Z', 365 * 24 * hourMs])
  assert.deepEqual(range('2024-02'), ['2024-01-31T16:00:00.000Z', 29 * 24 * hourMs])
  assert.deepEqual(range('2024-02-29'), ['2024-02-28T16:00:00.000Z', 24 * hourMs])
  assert.deepEqual(range('2024-02-29T10:30'), ['2024-02-29T02:30:00.000Z', 60_000])
  assert.deepEqual(range('2024-02-29T10:30:05Z'), ['2024-02-29T10:30:05.000Z', 1000])
  assert.deepEqual(range('2024-02-29T10:30:05.250-05:00'), ['2024-02-29T15:30:05.250Z', 1])
  assert.deepEqual(range('1988-06-01'), ['1988-05-31T15:00:00.000Z', 24 * hourMs]) // Summer time in China, 1986 to 1991.
  for (const wrong of ['2023-02-29', '2024-13', '24', '2024-1-1', '2024-01-01T25:00', '2024-01-01T10', 'now'])
    assert.equal(range(wrong), undefined, wrong)
})

test('prefix ap widens a date by a tenth of its distance from now', () => {
  assert.deepEqual(parse('Observation', 'date', 'ap2024-01-01T00:00:00Z'), {
    kind: 'date',
    parameter: 'date',
    values: [
      { prefix: 'ap', lowMs: Date.parse('2023-12-31T00:00:00Z'), highMs: Date.parse('2024-01-02T00:00:01Z') },
    ],
  })
})

test('§3.1.1.4.5 chains name their types, reverse chains the way back', () => {
  assert.deepEqual(parse('Observation', 'subject:Patient.name', 'zhang'), {
    kind: 'chain',
    parameter: 'subject',
    targets: [{ type: 'Patient', query: { kind: 'string', parameter: 'name', values: ['zhang'] } }],
  })
  const open = parse('Observation', 'subject.name', 'zhang')
  assert.deepEqual(
    open.kind === 'chain' && open.targets.map(({ type }) => type),
    ['Patient', 'Location'].sort().reverse(),
  )
  assert.deepEqual(parse('Patient', '_has:Observation:patient:code', '1234-5'), {
    kind: 'has',
    type: 'Observation',
    parameter: 'patient',
    query: { kind: 'token', parameter: 'code', values: [{ system: undefined, code: '1234-5' }] },
  })
})

test('§3.1.1.4.13 a composite joins the parts of its definition', () => {
  assert.deepEqual(parse('Observation', 'code-value-quantity', 's|a$gt5'), {
    kind: 'composite',
    parameter: 'code-value-quantity',
    values: [
      {
        components: [
          { kind: 'token', parameter: 'code-value-quantity', values: [{ system: 's', code: 'a' }] },
          {
            kind: 'quantity',
            parameter: 'code-value-quantity',
            values: [{ prefix: 'gt', value: 5, low: 4.5, high: 5.5, system: undefined, code: undefined }],
          },
        ],
      },
    ],
  })
})

test('what a parameter cannot mean is refused with its name', () => {
  const refused: readonly (readonly [ResourceType, string, string, string])[] = [
    ['Patient', 'colour', 'red', 'search.unknown-parameter'],
    ['Patient', 'birthdate', '1990-02-30', 'search.bad-value'],
    ['Patient', 'birthdate:exact', '1990', 'search.bad-modifier'],
    ['Patient', 'gender', '', 'search.empty-value'],
    ['Patient', 'gender', 'a|b|c', 'search.bad-value'],
    ['Patient', 'gender:missing', 'maybe', 'search.bad-value'],
    ['Patient', 'name.given', 'x', 'search.bad-chain'],
    ['Observation', 'subject:Medication.code', 'x', 'search.bad-chain'],
    ['Observation', 'subject.nothing', 'x', 'search.bad-chain'],
    ['Observation', 'value-quantity', 'five', 'search.bad-value'],
    ['Observation', 'patient', 'a b', 'search.bad-value'],
    ['Patient', '_has:Observation:code:status', 'x', 'search.bad-has'],
    ['Patient', '_has:Nothing', 'x', 'search.bad-has'],
    ['Observation', 'patient.link.link.link.link.link.name', 'x', 'search.chain-too-deep'],
    ['Observation', 'focus.focus.focus.focus.status', 'x', 'search.chain-too-wide'],
    ['Observation', 'code', Array(1001).fill('a').join(','), 'search.too-many-values'],
    ['Observation', 'code-value-quantity', 'a', 'search.bad-value'],
  ]
  for (const [type, name, value, code] of refused) {
    assert.throws(
      () => parse(type, name, value),
      (error) =>
        error instanceof OutcomeError &&
        error.status === 400 &&
        error.outcome.issue[0]?.details?.coding?.[0]?.code === code &&
        error.outcome.issue[0].expression?.[0] === name,
      `${name}=${value.slice(0, 40)}`,
    )
  }
})
