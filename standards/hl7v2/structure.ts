/**
 * Message structures (v2.3 to v2.8, chapters 3 to 14) as grammars, and what of a message stands outside its own. Own (Z)
 * segments may stand anywhere (v2.5.1 §2.5.2). Versions 2.8 and later are judged by 2.7.1, the last one that is held here.
 */
import { structureLines } from './generated/structures.ts'
import type { Message, Segment } from './message.ts'
import { part } from './message.ts'

export type StructureNode = {
  readonly least: 0 | 1
  readonly isRepeated: boolean
  readonly content:
    | { readonly kind: 'segment'; readonly name: string }
    | { readonly kind: 'group'; readonly nodes: readonly StructureNode[] }
}

/** A segment that is missing (`segment` would stand after the `after`th of the message) or one that stands where none may. */
export type Misplaced =
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'unexpected'; readonly segment: Segment }

/** Beyond so many the sender's structure is another one altogether. */
const mostMisplaced = 20
const newest = '2.7.1'

const lines: ReadonlyMap<string, string> = new Map(
  structureLines
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [versions = '', name = '', ...grammar] = line.split(' ')
      return versions.split(',').map((version) => [`${version} ${name}`, grammar.join(' ')] as const)
    }),
)
const parsed = new Map<string, readonly StructureNode[]>()

/** The structure of a message by its version and event, else by MSH-9.3; undefined where none is held. */
export function structureOf(message: Message): readonly StructureNode[] | undefined {
  const [msh] = message.segments
  const [type, trigger, named] = [1, 2, 3].map((component) => part(msh?.field(9)[0], component))
  const written = part(msh?.field(12)[0])
  const version = /^2\.(?:[89]|\d\d)/.test(written) ? newest : written
  const names = [`${type}_${trigger}`, named ?? '', type ?? '']
  const key = names.map((name) => `${version} ${name}`).find((each) => lines.has(each))
  return key === undefined ? undefined : grammarOf(key)
}

/** What of a message stands outside a structure, in the order of the message. */
export function misplaced(message: Message, structure: readonly StructureNode[]): readonly Misplaced[] {
  let segments = message.segments.filter(({ name }) => !name.startsWith('Z'))
  const unexpected: Misplaced[] = []
  for (;;) {
    const walk = { segments, at: 0, missing: [] as string[] }
    for (const node of structure) take(node, walk)
    const stray = segments[walk.at]
    if (stray && unexpected.length < mostMisplaced) {
      unexpected.push({ kind: 'unexpected', segment: stray })
      segments = segments.filter((each) => each !== stray)
      continue
    }
    const missing = walk.missing.map((name) => ({ kind: 'missing', name }) as const)
    return [...missing, ...unexpected].slice(0, mostMisplaced)
  }
}

type Walk = { readonly segments: readonly Segment[]; at: number; readonly missing: string[] }

/** Takes as many as the node allows; a required one that is not there is told, and the walk goes on behind it. */
function take(node: StructureNode, walk: Walk): void {
  let count = 0
  while ((node.isRepeated || count === 0) && begins(node, walk.segments[walk.at]?.name)) {
    if (node.content.kind === 'segment') walk.at++
    else for (const each of node.content.nodes) take(each, walk)
    count++
  }
  if (count < node.least && !isNullable(node)) walk.missing.push(firstNamed(node))
}

function begins({ content }: StructureNode, name: string | undefined): boolean {
  if (name === undefined) return false
  if (content.kind === 'segment') return content.name === name
  for (const node of content.nodes) {
    if (begins(node, name)) return true
    if (!isNullable(node)) return false
  }
  return false
}

function isNullable({ least, content }: StructureNode): boolean {
  return least === 0 || (content.kind === 'group' && content.nodes.every(isNullable))
}

/** The segment by which a group that is missing is told: the first that it must have. */
function firstNamed({ content }: StructureNode): string {
  if (content.kind === 'segment') return content.name
  const first = content.nodes.find((node) => !isNullable(node)) ?? content.nodes[0]
  return first ? firstNamed(first) : ''
}

function grammarOf(key: string): readonly StructureNode[] {
  const known = parsed.get(key)
  if (known) return known
  const tokens = (lines.get(key) ?? '').match(/[[\]{}<>]|\w+/g) ?? []
  const [nodes] = sequence(tokens, 0)
  parsed.set(key, nodes)
  return nodes
}

const closing: Readonly<Record<string, string>> = { '[': ']', '{': '}', '<': '>' }

/** Nodes from a token on, and the token behind the bracket that closes them. */
function sequence(
  tokens: readonly string[],
  from: number,
): readonly [nodes: readonly StructureNode[], next: number] {
  const nodes: StructureNode[] = []
  let at = from
  for (let token = tokens[at]; token !== undefined && !/[\]}>]/.test(token); token = tokens[at]) {
    if (closing[token] === undefined) {
      nodes.push({ least: 1, isRepeated: false, content: { kind: 'segment', name: token } })
      at++
      continue
    }
    const [inner, next] = sequence(tokens, at + 1)
    const [only] = inner
    const node: StructureNode =
      inner.length === 1 && only
        ? only
        : { least: 1, isRepeated: false, content: { kind: 'group', nodes: inner } }
    nodes.push({
      ...node,
      ...(token === '[' ? { least: 0 } : {}),
      ...(token === '{' ? { isRepeated: true } : {}),
    })
    at = next
  }
  return [nodes, at + 1]
}
