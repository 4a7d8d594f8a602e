/** One change to a resource that follows from a seed: what two ways of judging are compared on. */

const strangers: readonly unknown[] = [
  null,
  '',
  'x',
  0,
  -1,
  1.5,
  true,
  [],
  {},
  [null],
  [[]],
  ' a',
  '2023-02-30',
  { id: 1 },
  'Patient/1',
]

/** Changes that keep a resource valid more often: something goes, comes twice, or says something else. */
const milder: readonly unknown[] = ['x', 'unknown', 'Group/1', '2020', 'http://example.org/x', true, 1]

export type Mutation = 'any' | 'mild'

/** Puts a stranger, a removal, an addition or a sibling at a place that follows from the seed; changes `resource` itself. */
export function mutate(resource: object, seed: number, mutation: Mutation = 'any'): unknown {
  let next = seed * 2_654_435_761 + 12_345
  const pick = (count: number) => {
    next = (next * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((next / 2_147_483_648) * count)
  }
  const owners: Record<string, unknown>[] = []
  const gather = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if (!Array.isArray(value)) owners.push(value as Record<string, unknown>)
    for (const each of Object.values(value)) gather(each)
  }
  gather(resource)
  const owner = owners[pick(owners.length)] ?? {}
  const names = Object.keys(owner)
  const name = names[pick(names.length)] ?? 'id'
  const pool = mutation === 'any' ? strangers : milder
  const stranger = pool[pick(pool.length)]
  const value = owner[name]
  const extension = [{ url: 'http://example.org/x', valueBoolean: true }]
  const wild = [
    () => delete owner[name],
    () => Object.assign(owner, { [name]: stranger }),
    () => Object.assign(owner, { [`_${name}`]: stranger }),
    () => Object.assign(owner, { [`${name}x`]: stranger }),
    () => Object.assign(owner, { [name]: [value] }),
    () => Object.assign(owner, { [name]: [value, stranger], [`_${name}`]: [{ id: 'a' }, { id: 'b' }] }),
  ]
  const mild = [
    () => delete owner[name],
    () => Object.assign(owner, { [name]: stranger }),
    () => Object.assign(owner, { [`_${name}`]: { extension } }),
    () => Array.isArray(value) && Object.assign(owner, { [name]: [...value, ...value] }),
    () => Array.isArray(value) && Object.assign(owner, { [name]: [...value].reverse() }),
    () => Array.isArray(value) && Object.assign(owner, { [name]: value.slice(1) }),
    () => Object.assign(owner, { extension }),
  ]
  const acts = mutation === 'any' ? wild : mild
  acts[pick(acts.length)]?.()
  return resource
}
