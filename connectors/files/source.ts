/**
 * A folder as a source: files that stand still are read in order, their messages taken, the file noted as taken on the disk,
 * and only then moved or deleted. What a kill interrupts is read again; the journal knows what was taken of it.
 */
import { createHash } from 'node:crypto'
import { busy, OutcomeError } from '@xinglin/fhir'
import { type Incoming, type OpenSource, type SourceSeat, startPolling, type Take } from '@xinglin/interfaces'
import type { Runtime } from '@xinglin/runtime'
import type { SourceSettings } from './settings.ts'
import { messagesIn } from './split.ts'
import { createStillness } from './stillness.ts'
import { type FileStore, type FoundFile, stampOf } from './store.ts'

const doneFolder = 'done'
const refusedFolder = 'refused'
/** Messages of one file that may share a commit. */
const atOnce = 100
/** Files of one look; the rest follow at once. */
const mostPerLook = 1_000
/** A look that takes longer hangs. */
const longestLookMs = 10 * 60_000

export type FileSourceOptions = {
  readonly store: FileStore
  readonly settings: SourceSettings
  /** The folder, for people; part of what a message is known by. */
  readonly address: string
  readonly take: Take
  readonly seat: SourceSeat
  readonly runtime: Runtime
}

/** Looks at the folder until it is stopped. */
export function openFileSource(options: FileSourceOptions): OpenSource {
  const { store, settings, seat, runtime, address } = options
  const { everyMs } = settings
  const still = createStillness(settings.stillMs)
  let taken: Map<string, string> | undefined
  const forget = async () => {
    taken = undefined
    await store.close()
  }
  const look = async (signal: AbortSignal) => {
    taken ??= new Map(await seat.memory.read())
    const found = await store.list(settings.isWanted)
    await forgetGone(options, taken, found)
    const fresh = found.filter((file) => settings.after !== 'keep' || taken?.get(file.name) !== stampOf(file))
    const ready = still.wholeOf(inOrder(fresh, settings.order), performance.now())
    let failure: Error | undefined
    for (const file of ready.slice(0, mostPerLook)) {
      signal.throwIfAborted()
      try {
        await takeFile(options, taken, file)
      } catch (cause) {
        // One that cannot be read or moved must not hold up the others; one that the platform cannot take must.
        if (cause instanceof NotTakenError) throw cause.cause instanceof Error ? cause.cause : cause
        failure ??= cause instanceof Error ? cause : new NotTakenError('not read', { cause })
      }
    }
    if (failure) throw failure
    return { hasMore: ready.length > mostPerLook }
  }
  return startPolling({ ...{ seat, runtime, address, everyMs, longestLookMs, look }, close: forget })
}

/** What a message could not be handed over for; `cause` is told. */
class NotTakenError extends Error {
  override readonly name = 'NotTakenError'
}

async function takeFile(
  options: FileSourceOptions,
  taken: Map<string, string>,
  file: FoundFile,
): Promise<void> {
  const { store, settings, seat, runtime } = options
  const stamp = stampOf(file)
  const before = taken.get(file.name)
  let isGood = before === stamp
  if (before !== stamp && before !== `refused ${stamp}`) {
    const isTooLarge = file.sizeBytes > settings.mostBytes
    const content = isTooLarge ? new Uint8Array() : await store.read(file)
    if (content === undefined) return
    const refusal = isTooLarge ? 'too large' : await takeContent(options, file, content)
    isGood = refusal === undefined
    const noted = isGood || settings.after === 'keep' ? stamp : `refused ${stamp}`
    await seat.memory.write(new Map([[file.name, noted]]))
    taken.set(file.name, noted)
    // Names of files may name patients: the journal has them.
    if (!isGood) runtime.log.warn('a file was refused', { interface: seat.interface, reason: refusal })
  }
  if (settings.after === 'keep') return
  if (isGood && settings.after === 'delete') await store.remove(file.name)
  else await store.move(file.name, isGood ? doneFolder : refusedFolder)
}

/** Why it, or some of it, was refused; undefined where all was accepted. A refused message stands in the journal. */
async function takeContent(
  options: FileSourceOptions,
  file: FoundFile,
  content: Uint8Array,
): Promise<string | undefined> {
  let messages: readonly Uint8Array[]
  try {
    messages = messagesIn(content, options.settings.split)
  } catch (cause) {
    if (cause instanceof OutcomeError) return cause.message
    throw cause
  }
  let refused = 0
  for (let from = 0; from < messages.length; from += atOnce) {
    const some = messages.slice(from, from + atOnce)
    const answers = await Promise.all(
      some.map((raw, index) => options.take(incomingOf(options, { file, raw, place: from + index }))),
    ).catch((cause: unknown) => {
      throw new NotTakenError('not taken', { cause })
    })
    if (answers.some(({ kind }) => kind === 'failed'))
      throw new NotTakenError('not taken', {
        cause: busy('the messages of a file could not be stored yet', { code: 'files.not-taken' }),
      })
    refused += answers.filter(({ kind }) => kind === 'refused').length
  }
  return refused === 0 ? undefined : `${refused} of ${messages.length} messages`
}

type Part = { readonly file: FoundFile; readonly raw: Uint8Array; readonly place: number }

/** The same again whenever this state of the file is read by this interface, and by it alone. */
function incomingOf({ address, seat }: FileSourceOptions, { file, raw, place }: Part): Incoming {
  const digest = createHash('sha256').update(seat.interface).update('\0').update(raw).digest()
  const controlId = `${file.name}#${place + 1}@${file.changedMs}`
  return { sender: address, subject: file.name, controlId, raw, digest }
}

/** Files that are gone from the folder are forgotten, so that one of the same name is new. */
async function forgetGone(
  { seat }: FileSourceOptions,
  taken: Map<string, string>,
  found: readonly FoundFile[],
): Promise<void> {
  const there = new Set(found.map(({ name }) => name))
  const gone = [...taken.keys()].filter((name) => !there.has(name))
  if (gone.length === 0) return
  await seat.memory.write(new Map(), gone)
  for (const name of gone) taken.delete(name)
}

function inOrder(files: readonly FoundFile[], order: 'name' | 'time'): readonly FoundFile[] {
  const byName = (one: FoundFile, other: FoundFile) => (one.name < other.name ? -1 : 1)
  return order === 'name'
    ? files.toSorted(byName)
    : files.toSorted((one, other) => one.changedMs - other.changedMs || byName(one, other))
}
