/** Elements that are structurally right and otherwise random, from the element tables: what invariants are tried on. */
import { type ElementPlan, planOf, type TypePlan } from '../validate/plan.ts'

/** A number from 0 to below `count`, always the same sequence for one seed. */
export type Pick = (count: number) => number

export function picks(seed: number): Pick {
  let next = (seed * 2_654_435_761 + 12_345) % 2_147_483_648
  return (count) => {
    next = (next * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((next / 2_147_483_648) * count)
  }
}

/** Names and texts that are of interest: elements so named are often there, texts so written often their value. */
export type Interest = { readonly names: ReadonlySet<string>; readonly texts: readonly string[] }

/** What an expression speaks of. */
export function interestOf(expression: string): Interest {
  const texts = [...expression.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map(([, text]) => text ?? '')
  return {
    names: new Set(expression.match(/[A-Za-z]+/g) ?? []),
    texts: texts.filter((text) => text !== '' && !/[\s\\]/.test(text)),
  }
}

type Making = { readonly pick: Pick; readonly interest: Interest; readonly depth: number }
/** Deeper than this only what is required is made. */
const deepest = 5

/** An instance of a type, backbone or primitive. */
export function randomElement(type: string, pick: Pick, interest: Interest): unknown {
  const plan = planOf(type)
  return plan
    ? object(plan, { pick, interest, depth: 0 })
    : primitive(type, undefined, { pick, interest, depth: 0 })
}

function object(plan: TypePlan, making: Making): unknown {
  const made: Record<string, unknown> = plan.isResource ? { resourceType: plan.type } : {}
  const names = new Set([...plan.elements.values()].map(({ name }) => name))
  for (const name of names) {
    const choices = [...plan.elements.values()].filter((each) => each.name === name)
    const element = choices[making.pick(choices.length)]
    if (!element || !isMade(element, making)) continue
    made[element.property] = element.isList ? list(element, making) : value(element, making)
  }
  return Object.keys(made).length === 0
    ? { extension: [{ url: 'http://example.org/x', valueBoolean: true }] }
    : made
}

function isMade({ name, min }: ElementPlan, { pick, interest, depth }: Making): boolean {
  if (min > 0) return true
  if (depth >= deepest) return false
  if (name === 'contained') return interest.names.has(name) && depth < 2 && pick(2) === 0
  return interest.names.has(name) ? pick(4) !== 0 : pick(40) === 0
}

function list(element: ElementPlan, making: Making): readonly unknown[] {
  return Array.from({ length: 1 + making.pick(3) }, () => value(element, making))
}

const someResources = ['Basic', 'Composition', 'MessageHeader', 'Patient'] as const

function value(element: ElementPlan, making: Making): unknown {
  const below = { ...making, depth: making.depth + 1 }
  if (element.kind === 'primitive') return primitive(element.type, element, making)
  const type = element.kind === 'resource' ? (someResources[making.pick(4)] ?? 'Basic') : element.type
  const plan = planOf(type)
  return plan ? object(plan, below) : undefined
}

const texts = ['a', 'Bcd', '1', '*', '#a', 'x.y', 'http://unitsofmeasure.org', 'urn:a', '%', '-3']
const moments = [
  '2020-01-01T00:00:00Z',
  '2021-02-03T04:05:06+08:00',
  '2021-02-02T20:05:06Z',
  '2021-02-03T04:05:06.5+08:00',
]
const pools: Readonly<Record<string, readonly unknown[]>> = {
  boolean: [true, false],
  decimal: [0, 1, -1, 1.5, 101],
  integer: [0, 1, -1, 2],
  unsignedInt: [0, 1, 2],
  positiveInt: [1, 2],
  instant: moments,
  dateTime: ['2020', '2021-02', '2021-02-03', '2021-02-01', ...moments],
  date: ['2020', '2021-02', '2021-02-03', '2021-02-01'],
  time: ['10:00:00'],
  base64Binary: ['YQ=='],
  xhtml: ['<div>a</div>'],
  oid: ['urn:oid:1.2'],
  uuid: ['urn:uuid:00000000-0000-4000-8000-000000000000'],
  id: ['a', 'b'],
}

function primitive(type: string, element: ElementPlan | undefined, { pick, interest }: Making): unknown {
  const allowed = element?.binding?.kind === 'code' ? [...element.binding.allowed] : undefined
  const liked = interest.texts.filter((text) => allowed?.includes(text) ?? true)
  const pool = pools[type] ?? (liked.length > 0 && pick(2) === 0 ? liked : (allowed ?? texts))
  return pool[pick(pool.length)]
}
