/**
 * The conformance profiles of this installation: a JSON file each in one folder, followed while it changes. A file that cannot be
 * read is told in the log, and what it was before goes on.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { OutcomeError } from '@xinglin/fhir'
import { appliesTo, type ConformanceProfile, type Message } from '@xinglin/hl7v2'
import type { Runtime } from '@xinglin/runtime'
import { readProfile } from './read-profile.ts'

/** How soon a changed file acts. */
const lookEveryMs = 2_000
/** A mapping of ten thousand codes is a megabyte. */
const largestFileBytes = 16 * 1024 * 1024

export interface Profiles {
  /** The one that says most about who sends and what; undefined where none is for this message. */
  of(message: Message): ConformanceProfile | undefined
}

export interface OpenProfiles extends Profiles {
  stop(): Promise<void>
}

export const noProfiles: Profiles = { of: () => undefined }

/** Of several that apply the most exact one; equally exact ones by their ids. */
export function profilesOf(all: () => readonly ConformanceProfile[]): Profiles {
  return {
    of: (message) =>
      all()
        .filter((each) => appliesTo(each, message))
        .toSorted((left, right) => exactness(right) - exactness(left) || (left.id < right.id ? -1 : 1))[0],
  }
}

function exactness({ application, facility, messages }: ConformanceProfile): number {
  return [application, facility, messages].filter((each) => each !== undefined).length
}

/** Reads the folder now and follows it until stopped; none where there is no folder. */
export async function openProfiles(folder: string, { log }: Pick<Runtime, 'log'>): Promise<OpenProfiles> {
  const files = new Map<string, { readonly stamp: string; readonly profile?: ConformanceProfile }>()
  let current: readonly ConformanceProfile[] = []

  async function look(): Promise<void> {
    const present = await filesIn(folder)
    for (const file of [...files.keys()].filter((each) => !present.has(each))) {
      files.delete(file)
      log.info('an hl7 profile was taken away', { file })
    }
    for (const [file, stamp] of present) if (files.get(file)?.stamp !== stamp) await load(file, stamp)
    current = [...files.values()].flatMap(({ profile }) => profile ?? [])
  }

  async function load(file: string, stamp: string): Promise<void> {
    const before = files.get(file)
    try {
      const profile = readProfile(JSON.parse(await readFile(join(folder, file), 'utf8')))
      files.set(file, { stamp, profile })
      log.info('an hl7 profile was loaded', { file, profile: profile.id, version: profile.version })
    } catch (cause) {
      files.set(file, { ...before, stamp })
      const failure =
        cause instanceof OutcomeError ? cause.message : cause instanceof Error ? cause.name : 'unknown'
      log.error('an hl7 profile could not be loaded', { file, failure })
    }
  }

  const stopping = new AbortController()
  async function follow(): Promise<void> {
    for (;;) {
      await sleep(lookEveryMs, undefined, { signal: stopping.signal, ref: false })
      await look()
    }
  }

  await look()
  const following = follow().catch((cause: unknown) => {
    if (!stopping.signal.aborted)
      log.error('hl7 profiles are not followed any more', {
        cause: cause instanceof Error ? cause.name : 'unknown',
      })
  })
  return {
    ...profilesOf(() => current),
    async stop() {
      stopping.abort()
      await following
    },
  }
}

/** Files and what changes when they do. */
async function filesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(folder).catch(() => [])
  const stamps = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map(async (name): Promise<readonly [string, string] | undefined> => {
        // Taken away since: the next look will not see it.
        const found = await stat(join(folder, name)).catch(() => undefined)
        return found && found.size <= largestFileBytes ? [name, `${found.mtimeMs}-${found.size}`] : undefined
      }),
  )
  return new Map(stamps.filter((each) => each !== undefined))
}
