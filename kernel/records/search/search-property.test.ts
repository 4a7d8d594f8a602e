/** Every R4 example is found by what it holds: the tables answer as a look at each resource does. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { epochMs, OutcomeError, type ResourceType } from '@xinglin/fhir'
import { type ComponentValues, type IndexValues, parameterOf, parseParameter } from '@xinglin/fhir/search'
import { emptyRecord, qilu } from '../fixtures.ts'
import { naiveSearch } from './naive-search.ts'
import { nextOf, noExamples, r4Examples, type Stored, storeAll } from './testing.ts'
import { converted, otherUnits, ucumSystem } from './ucum.ts'

type Asked = readonly [name: string, value: string]

const questions = 1_500

test('1,500 searches over the R4 examples find what a look at each resource finds', {
  skip: noExamples,
}, async () => {
  const { records, runtime } = await emptyRecord()
  const resources = r4Examples()
  await storeAll(records, resources)
  const naive = naiveSearch(resources, runtime.timeZone)
  const options = { timeZone: runtime.timeZone, nowMs: epochMs(runtime.now()) }
  const random = seeded(20261122)
  let found = 0

  const ask = async (type: ResourceType, query: readonly Asked[]) => {
    if (query.length === 0) return
    const expected = naive.find(
      type,
      query.map(([name, value]) => parseParameter(type, name, value, options)),
    )
    const answered = await allIds(records, type, query).catch(unlessSealed)
    if (!answered) return
    assert.deepEqual(answered, expected, `${type}?${query.map((part) => part.join('=')).join('&')}`)
    found += answered.length
  }
  for (let asked = 0; asked < questions; asked += 1) {
    const { resource, values } = pick(naive.values, random)
    const own = questionsAbout({ resource, values }, random).slice(0, 1 + Math.floor(random() * 2))
    const query =
      random() < 0.25
        ? [...own.slice(1), ...questionsAround({ resource, values }, naive.values, random)]
        : own
    await ask(resource.resourceType, query)
  }
  // Few examples have these; each is asked for once.
  for (const { resource, values } of naive.values) {
    for (const question of rareQuestions(values, random)) await ask(resource.resourceType, [question])
  }

  assert.ok(found > questions, `only ${found} resources were found`)
})

/** In a run over sealed fields parts of these are not asked for. */
function unlessSealed(error: unknown): undefined {
  const code = error instanceof OutcomeError && error.outcome.issue[0]?.details?.coding?.[0]?.code
  if (code !== 'records.sealed-search') throw error
}

async function allIds(
  records: Awaited<ReturnType<typeof emptyRecord>>['records'],
  type: ResourceType,
  query: readonly Asked[],
): Promise<readonly string[]> {
  const ids: string[] = []
  let next: readonly Asked[] | undefined = [...query, ['_count', '40']]
  while (next) {
    const page = await records.search(qilu.tenant, type, next)
    ids.push(...page.matches.map(({ id }) => id))
    next = nextOf(page)
  }
  return ids.sort()
}

const prefixes = ['', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap']

type Each = { readonly resource: Stored; readonly values: IndexValues }

/** One question through a reference of this resource, or back from one that refers to it. */
function questionsAround(each: Each, all: readonly Each[], random: () => number): readonly Asked[] {
  const type = each.resource.resourceType
  const asked: Asked[] = []
  for (const { parameter, type: to, id } of each.values.references) {
    const target = all.find(({ resource }) => resource.resourceType === to && resource.id === id)
    const [question] = target ? questionsAbout(target, random) : []
    if (question && isTarget(type, parameter, to))
      asked.push([`${parameter}:${to}.${question[0]}`, question[1]])
  }
  for (const { resource, values } of all) {
    const from = resource.resourceType
    const back = values.references.find(({ type: to, id }) => to === type && id === each.resource.id)
    const [question] = back ? questionsAbout({ resource, values }, random) : []
    if (back && question && isTarget(from, back.parameter, type))
      asked.push([`_has:${from}:${back.parameter}:${question[0]}`, question[1]])
  }
  return shuffled(asked, random).slice(0, 1)
}

function isTarget(type: string, parameter: string, to: string | undefined): boolean {
  return parameterOf(type, parameter)?.targets.some((target) => target === to) ?? false
}

/** Questions that this resource gives rise to, in random order. */
function questionsAbout(
  { resource: { resourceType }, values }: Each,
  random: () => number,
): readonly Asked[] {
  const asked: Asked[] = []
  const own = (parameter: string) => parameter !== '_lastUpdated'
  for (const { parameter, system, code } of values.tokens) {
    if (code === undefined || parameter.endsWith(':of-type')) continue
    const value = pick(
      [code, `${system ?? ''}|${code}`, ...(system ? [`${system}|`] : [])].map(escaped),
      random,
    )
    asked.push([pick([parameter, parameter, `${parameter}:not`], random), value])
  }
  for (const { parameter, text } of values.strings) {
    const whole = text.slice(0, 150)
    const cut = whole.slice(0, 1 + Math.floor(random() * whole.length))
    const middle = whole.slice(Math.floor(random() * whole.length)).trim() || whole
    asked.push(
      pick(
        [
          [parameter, cut],
          [`${parameter}:exact`, text],
          [`${parameter}:contains`, middle],
        ] as const,
        random,
      ),
    )
  }
  for (const { parameter, type, id, url, identifier } of values.references) {
    if (type && id) asked.push([parameter, pick([`${type}/${id}`, id], random)])
    if (type && id && isTarget(resourceType, parameter, type) && random() < 0.3)
      asked.push([`${parameter}:${type}`, id])
    if (url?.includes(':')) asked.push([parameter, url])
    if (identifier?.value)
      asked.push([`${parameter}:identifier`, `${identifier.system ?? ''}|${identifier.value}`])
  }
  for (const { parameter, lowMs } of values.dates.filter((date) => own(date.parameter))) {
    const shift = pick([0, 0, 0, 86_400_000 * 40, -86_400_000 * 400, 3_600_000], random)
    const written = new Date(Math.max(lowMs, 0) + shift).toISOString()
    asked.push([parameter, pick(prefixes, random) + written.slice(0, pick([4, 7, 10], random))])
  }
  for (const { parameter, text } of [...values.tokens, ...values.references]) {
    const [word = ''] = shuffled((text ?? '').split(/\s+/), random)
    if (word !== '' && random() < 0.3) asked.push([`${parameter}:text`, escaped(word).replaceAll('|', '\\|')])
  }
  for (const { parameter, low } of [...values.numbers, ...values.quantities]) {
    if (Number.isFinite(low) && !parameter.includes(':'))
      asked.push([parameter, pick(prefixes, random) + String(low)])
  }
  for (const { parameter, low, system, code, unit } of values.quantities) {
    if (Number.isFinite(low) && code)
      asked.push([parameter, `${pick(prefixes, random)}${low}|${system ?? ''}|${code}`])
    const other = system === ucumSystem && code ? otherUnits(code)[Math.floor(random() * 20)] : undefined
    const size = other && Number.isFinite(low) ? converted(low, code ?? '', other) : undefined
    if (size !== undefined) asked.push([parameter, `${pick(prefixes, random)}${size}|${system}|${other}`])
    if (Number.isFinite(low) && unit) asked.push([parameter, `${low}||${unit}`])
  }
  asked.push(...rareQuestions(values, random))
  for (const { parameter, uri } of values.uris) asked.push([parameter, uri])
  const composite = new Set(values.composites.map(({ parameter }) => parameter))
  for (const [parameter] of asked
    .filter(([name]) => !name.includes(':') && !composite.has(name))
    .slice(0, 2)) {
    asked.push([`${parameter}:missing`, pick(['true', 'false'], random)])
  }
  return shuffled(
    asked
      .map(
        ([name, value]): Asked => [
          name,
          name.includes(':') || composite.has(name) || isWritten(value) ? value : escaped(value),
        ],
      )
      .filter(([, value]) => value.trim() !== ''),
    random,
  )
}

/** Questions for what few resources have: codes with what stands beside them. */
function rareQuestions(values: IndexValues, random: () => number): readonly Asked[] {
  const kinds = values.tokens.filter(({ parameter }) => parameter.endsWith(':of-type'))
  const places = values.uris.map(({ parameter, uri }): Asked => {
    const parts = uri.split('/')
    const cut = parts.slice(0, 3 + Math.floor(random() * parts.length)).join('/')
    return pick<Asked>(
      [
        [`${parameter}:below`, cut],
        [`${parameter}:above`, `${uri}/more`],
        [`${parameter}:above`, uri],
      ],
      random,
    )
  })
  const composites = values.composites.flatMap(({ parameter, components }): readonly Asked[] => {
    const parts = components.map((part) => componentValue(part, random))
    return parts.every((part) => part !== undefined) ? [[parameter, parts.join('$')]] : []
  })
  return [
    ...composites,
    ...places,
    ...kinds.map(({ parameter, system, code }): Asked => [parameter, `${system}|${code}`]),
  ]
}

/** One part of a composite as written; undefined where it has nothing to ask for. */
function componentValue(part: ComponentValues, random: () => number): string | undefined {
  const token = part.tokens.find(({ code }) => code !== undefined)
  if (token?.code) return pick([token.code, `${token.system ?? ''}|${token.code}`].map(escaped), random)
  const [quantity] = [...part.quantities, ...part.numbers]
  if (quantity && Number.isFinite(quantity.low)) return pick(prefixes, random) + quantity.low
  const [date] = part.dates
  if (date)
    return (
      pick(prefixes, random) +
      new Date(Math.max(date.lowMs, 0)).toISOString().slice(0, pick([4, 7, 10], random))
    )
  const [reference] = part.references
  if (reference?.type && reference.id) return `${reference.type}/${reference.id}`
  const text = part.strings[0]?.text.slice(0, 20)
  return text && escaped(text).replaceAll('|', '\\|')
}

function isWritten(value: string): boolean {
  return value.includes('|') || value.includes('\\')
}

function escaped(value: string): string {
  const bar = value.indexOf('|')
  if (bar < 0) return value.replace(/[\\,$]/g, '\\$&')
  const inside = (part: string) => part.replace(/[\\,$|]/g, '\\$&')
  return `${inside(value.slice(0, bar))}|${inside(value.slice(bar + 1))}`
}

function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)] as T
}

function shuffled<T>(list: readonly T[], random: () => number): readonly T[] {
  return list
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value)
}

/** Mulberry32: the same questions in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
