/**
 * Which field of a message made which element (docs/decisions/0095). Nothing is stored for it: the map is run again over
 * the kept bytes, as the message met the record, and again with each value of the message altered; what then differs, the
 * value has made. So no map has to say it, and none can forget to.
 */
import { setImmediate as breathe } from 'node:timers/promises'
import type { Kernel } from '@xinglin/app'
import type { Resource, ResourceType } from '@xinglin/fhir'
import { decodeMessage, encodeText, parseMessage } from '@xinglin/hl7v2'
import type { ElementSource, MadeElement, Message } from '@xinglin/traffic'
import { createKnowledge, type Known } from '../knowledge.ts'
import { mapOf } from '../map-message.ts'
import type { House } from '../reading.ts'
import { type Alterations, alterationsOf } from './alterations.ts'
import { type Leaves, leavesOf, type Names, namesOf } from './leaves.ts'
import { madeBy, pastRecord } from './past-record.ts'
import { type Piece, piecesOf } from './pieces.ts'
import { ruleOf } from './rules.ts'
import { type Log, newIdOf, type Put, remembering, rerun } from './runs.ts'

/** A message with more values takes seconds (1 to 2 ms a value of a message of 60); what stands beyond is not told. */
const mostPieces = 2_000
/** Other work goes on between so many runs. */
const runsAtOnce = 16

/** The elements that the message made and that its map makes today just as well. */
export async function explain(
  kernel: Pick<Kernel, 'records'>,
  message: Message,
  raw: Uint8Array,
  house: House,
): Promise<readonly MadeElement[]> {
  const { text, set } = decodeMessage(raw)
  const first = await firstRun(kernel, message, { text, house })
  const made = madeBy(message)
  const stored = await kernel.records.readVersions(message.tenant, made)
  const run = pair(first, made)
  const sources = await sourcesOf({
    text,
    house,
    log: first.log,
    run,
    bytesBefore: byteCounter(text, (part) => encodeText(part, set)),
  })
  return made.flatMap(({ type, id, version }, index) => {
    const json = stored.find((each) => each.type === type && each.id === id && each.version === version)?.json
    const resource: Resource | undefined = json ? JSON.parse(json) : undefined
    const replayed = run[index]
    if (!resource || !replayed) return []
    const told = leavesOf(resource, run.storedNames)
    return [...(sources.get(replayed.key) ?? [])].flatMap(([path, of]) =>
      told.has(path) && told.get(path) === replayed.leaves.get(path)
        ? [{ reference: `${type}/${id}/_history/${version}`, path, sources: of.toSorted(byRole) }]
        : [],
    )
  })
}

type First = { readonly log: Log; readonly put: Put; readonly changed: readonly Known<ResourceType>[] }

async function firstRun(
  { records }: Pick<Kernel, 'records'>,
  message: Message,
  { text, house }: { readonly text: string; readonly house: House },
): Promise<First> {
  return records.commit({ tenant: message.tenant, actor: 'system/hl7-lineage' }, async (unit) => {
    let ids = 0
    const knowledge = createKnowledge(await pastRecord(records, unit, message), () => newIdOf(ids++))
    const draft = knowledge.draft()
    const remembered = remembering(draft)
    const [result] = await knowledge.run([() => mapOf(parseMessage(text), house)(remembered.draft)])
    if (result?.status === 'rejected') throw result.reason
    const changed = [...draft.changes.values()].map(({ resource }) => resource)
    return { log: remembered.log, put: remembered.put, changed }
  })
}

type Replayed = { readonly key: string; readonly type: ResourceType; readonly leaves: Leaves }
type Run = readonly (Replayed | undefined)[] & { readonly storedNames: Names; readonly names: Names }

/** The map writes in one order, so its nth change is the nth version made; where types differ, the map is another by now. */
function pair(
  { put, changed }: First,
  made: readonly { readonly type: ResourceType; readonly id: string }[],
): Run {
  const names = namesOf([...put.values()])
  const storedNames = new Map<string, string>(names)
  const replayed = made.map(({ type, id }, index) => {
    const resource = changed[index]
    if (!resource || resource.resourceType !== type) return undefined
    const key = `${type}/${resource.id}`
    storedNames.set(`${type}/${id}`, names.get(key) ?? key)
    return { key, type, leaves: leavesOf(resource, names) }
  })
  return Object.assign(replayed, { storedNames, names })
}

type Searching = {
  readonly text: string
  readonly house: House
  readonly log: Log
  readonly run: Run
  readonly bytesBefore: (textOffset: number) => number
}
type Sources = Map<string, Map<string, ElementSource[]>>

async function sourcesOf(searching: Searching): Promise<Sources> {
  const { text, house, log, run, bytesBefore } = searching
  const message = parseMessage(text)
  const found: Sources = new Map()
  for (const [nth, piece] of piecesOf(message).slice(0, mostPieces).entries()) {
    if (nth % runsAtOnce === 0) await breathe()
    const effect = await effectsOf({
      alterations: alterationsOf(piece.text, message.delimiters.escape),
      effectOf: async (altered) => {
        const put = await runAltered(text, piece, altered, { house, log })
        return put && difference(run, put)
      },
    })
    for (const [key, type, path, role] of strongest(effect)) {
      const byPath = found.get(key) ?? new Map<string, ElementSource[]>()
      found.set(key, byPath)
      byPath.set(path, [...(byPath.get(path) ?? []), sourceOf(piece, { type, role, bytesBefore })])
    }
  }
  return found
}

async function runAltered(
  text: string,
  { startOffset, text: value }: Piece,
  altered: string,
  { house, log }: Pick<Searching, 'house' | 'log'>,
): Promise<Put | undefined> {
  const changed = text.slice(0, startOffset) + altered + text.slice(startOffset + value.length)
  return rerun((draft) => mapOf(parseMessage(changed), house)(draft), log)
}

type Effect = readonly (readonly [key: string, type: string, path: string, role: ElementSource['role']])[]

/** Codes that a map takes; more of them say the same. */
const mostCodesTaken = 3

type Trying = {
  readonly alterations: Alterations
  /** Undefined where the map refuses. */
  readonly effectOf: (altered: string) => Promise<Effect | undefined>
}

/** What differs when a value is altered: into one like it, else into none, and a code into others of its table. */
async function effectsOf({ alterations: { alike, codes }, effectOf }: Trying): Promise<Effect> {
  const tried = await inTurn(alike, effectOf)
  const isRefused = tried.length < alike.length
  let effect: Effect = tried.flat()
  if (effect.length === 0) {
    const none = await effectOf('')
    effect = none ?? []
    // Neither another value nor none makes a difference: nobody reads it.
    if (none && none.length === 0 && !isRefused) return []
  }
  if (!isRefused && effect.some(([, , , role]) => role === 'value')) return effect
  return [...effect, ...(await inTurn(codes, effectOf, mostCodesTaken)).flat()]
}

/** The effects of those that the map takes, until there are enough. */
async function inTurn(
  altered: readonly string[],
  effectOf: Trying['effectOf'],
  most = altered.length,
): Promise<readonly Effect[]> {
  const effects: Effect[] = []
  for (const each of altered) {
    if (effects.length === most) break
    const effect = await effectOf(each)
    if (effect) effects.push(effect)
  }
  return effects
}

/** Each element once: saying what the value says is more than depending on it. */
function strongest(effect: Effect): Effect {
  const byPath = new Map<string, Effect[number]>()
  for (const each of effect) {
    const [key, , path, role] = each
    const name = `${key} ${path}`
    if (role === 'value' || !byPath.has(name)) byPath.set(name, each)
  }
  return [...byPath.values()]
}

function difference(replayed: Run, put: Put): Effect {
  const resources = [...put.values()]
  const names = namesOf(resources)
  const byName = new Map(resources.map((each) => [names.get(`${each.resourceType}/${each.id}`), each]))
  return replayed.flatMap((each): Effect => {
    if (!each) return []
    const other = byName.get(replayed.names.get(each.key))
    if (!other) return []
    const leaves = leavesOf(other, names)
    return [...each.leaves].flatMap(([path, value]): Effect => {
      const now = leaves.get(path)
      return now === value ? [] : [[each.key, each.type, path, now === undefined ? 'condition' : 'value']]
    })
  })
}

function sourceOf(
  { field, segment, startOffset, text }: Piece,
  {
    type,
    role,
    bytesBefore,
  }: {
    readonly type: string
    readonly role: ElementSource['role']
    readonly bytesBefore: Searching['bytesBefore']
  },
): ElementSource {
  const byteOffset = bytesBefore(startOffset)
  return {
    field,
    byteOffset,
    byteLength: bytesBefore(startOffset + text.length) - byteOffset,
    textOffset: startOffset,
    textLength: text.length,
    text,
    role,
    rule: ruleOf(segment, type),
  }
}

/** Bytes before a place of the text, counted on from the nearest place that was asked for before it. */
function byteCounter(text: string, encode: (part: string) => Uint8Array): Searching['bytesBefore'] {
  let [at, bytes] = [0, 0]
  return (offset) => {
    if (offset < at) [at, bytes] = [0, 0]
    bytes += encode(text.slice(at, offset)).byteLength
    at = offset
    return bytes
  }
}

function byRole(left: ElementSource, right: ElementSource): number {
  return Number(left.role === 'condition') - Number(right.role === 'condition')
}
