/** Leavers within the hour: a durable job asks each directory who is gone or disabled there, and disables them here. */
import type { Kernel } from '@xinglin/app'
import { epochMs, instantOf } from '@xinglin/fhir'
import { createAddresses } from '@xinglin/web'
import { AndFilter, EqualityFilter, type Filter, FilterParser, OrFilter } from 'ldapts'
import type { Needs } from '../needs.ts'
import { type Directory, type LdapProvider, withDirectory } from './directory.ts'
import { bindToSearch, subjectOf } from './person.ts'
import { refusalOfDirectory } from './refusals.ts'
import { isLdap } from './routes.ts'

export const leaversTask = 'upstream.disable-leavers'
/** Twice an hour, so that one missed turn still keeps the hour. */
const everyMs = 30 * 60_000
/** A filter of 50 names is 4 kB. */
const peopleOfASearch = 50

type Parts = Pick<Kernel, 'identity' | 'runtime' | 'jobs' | 'database'>
type Looking = Pick<Needs, 'addresses' | 'upstream' | 'runtime'>

/** The task for kernel/jobs; it asks for its next turn itself. */
export function leaversTasks(parts: Parts, { networks }: { readonly networks: readonly string[] }) {
  const { identity, runtime } = parts
  const looking = { addresses: createAddresses(networks), upstream: identity.upstream, runtime }
  return {
    [leaversTask]: async (_: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<void> => {
      // Asked for first: a turn that fails or is killed takes no later one with it.
      await askForLeavers(parts, epochMs(runtime.now()) + everyMs)
      await disableLeavers(looking, signal)
    },
  }
}

/** Asks for a turn, at once where no time is given; one is asked for at a time. */
export async function askForLeavers({ jobs, database, runtime }: Parts, atMs?: number): Promise<void> {
  const runAt = instantOf(atMs ?? epochMs(runtime.now()), runtime.timeZone)
  await database.transaction((transaction) =>
    jobs.enqueue(transaction, { task: leaversTask, payload: {}, runAt, key: leaversTask, maxAttempts: 3 }),
  )
}

/** One look at every directory; one that is away is told and tried at the next turn. */
export async function disableLeavers(needs: Looking, signal: AbortSignal): Promise<void> {
  const { upstream, runtime } = needs
  for (const provider of (await upstream.all('ldap')).filter(isLdap)) {
    signal.throwIfAborted()
    try {
      const { lookedAt, gone } = await goneFrom(needs, provider)
      await upstream.disableGone(provider, { lookedAt, gone })
    } catch (error) {
      const { refusal, detail } = refusalOfDirectory(error)
      await upstream.noteSweepFailure(provider, [refusal.message, detail].filter(Boolean).join(' · '))
      runtime.log.warn('a directory was not asked who left', { provider: provider.id, detail })
    }
  }
}

async function goneFrom(needs: Looking, provider: LdapProvider) {
  const people = await needs.upstream.present(provider)
  const gone: string[] = []
  await withDirectory(needs, provider, async (directory) => {
    await bindToSearch(directory, provider)
    for (let from = 0; from < people.length; from += peopleOfASearch) {
      const subjects = people.slice(from, from + peopleOfASearch).map(({ subject }) => subject)
      gone.push(...(await goneOf(directory, provider, subjects)))
    }
  })
  return { lookedAt: people.length, gone }
}

async function goneOf(
  directory: Directory,
  { settings }: LdapProvider,
  subjects: readonly string[],
): Promise<readonly string[]> {
  const { subjectAttribute: attribute, disabledFilter, baseDn } = settings
  const isBinary = attribute.toLowerCase() === 'objectguid'
  const anyOf = new OrFilter({
    filters: subjects.map(
      (subject) => new EqualityFilter({ attribute, value: isBinary ? Buffer.from(subject, 'hex') : subject }),
    ),
  })
  const find = async (filter: Filter) => {
    const entries = await directory.search(baseDn, {
      filter,
      attributes: [attribute],
      most: peopleOfASearch * 2,
    })
    return new Set(entries.map((entry) => subjectOf(entry, settings)))
  }
  const there = await find(anyOf)
  const disabled =
    disabledFilter === undefined
      ? new Set()
      : await find(new AndFilter({ filters: [anyOf, FilterParser.parseString(disabledFilter)] }))
  return subjects.filter((subject) => !there.has(subject) || disabled.has(subject))
}
