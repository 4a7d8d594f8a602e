/** What each word of the command line does, and what it then says. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Progress } from '@xinglin/client'
import type { GuideClient, GuideRow } from './guide-client.ts'

export type Tools = { readonly client: GuideClient; readonly progress: Progress }
export type Said = { readonly lines: readonly string[]; readonly isDone: boolean }

type Command = {
  readonly words: string
  readonly isFit: (words: readonly string[]) => boolean
  readonly run: (tools: Tools, words: readonly string[]) => Promise<Said>
}

const one = (words: readonly string[]) => words.length === 1

const commands: Readonly<Record<string, Command>> = {
  add: { words: 'add <file.tgz>…', isFit: (words) => words.length > 0, run: addAll },
  list: { words: 'list', isFit: (words) => words.length === 0, run: list },
  remove: {
    words: 'remove <name> <version>',
    isFit: (words) => words.length === 2,
    run: async ({ client }, [name = '', version = '']) => {
      await client.remove(name, version)
      return done(`${name} ${version} is removed.`)
    },
  },
  require: {
    words: 'require <profile>',
    isFit: one,
    run: async ({ client }, [profile = '']) => {
      const { type } = await client.require(profile)
      return done(`Every ${type} must conform to ${profile} from now on.`)
    },
  },
  release: {
    words: 'release <profile>',
    isFit: one,
    run: async ({ client }, [profile = '']) => {
      await client.release(profile)
      return done(`${profile} is not required any more.`)
    },
  },
  unknown: {
    words: 'unknown warn|refuse',
    isFit: ([word = '', ...more]) => ['warn', 'refuse'].includes(word) && more.length === 0,
    run: async ({ client }, [unknown = '']) => {
      await client.setUnknown(unknown)
      return done(
        `A write that claims an unknown profile is ${unknown === 'warn' ? 'warned of' : 'refused'}.`,
      )
    },
  },
}

/** How to say it; undefined where it is said right. */
export function usage(command: string, words: readonly string[]): string | undefined {
  if (commands[command]?.isFit(words)) return undefined
  const known = Object.values(commands).map((each) => `  npm run ig -- ${each.words}`)
  return ['Say one of:', ...known].join('\n')
}

/** Runs a command that `usage` found right. */
export async function perform(tools: Tools, command: string, words: readonly string[]): Promise<Said> {
  const known = commands[command]
  return known ? known.run(tools, words) : { lines: [], isDone: false }
}

function done(...lines: readonly string[]): Said {
  return { lines, isDone: true }
}

async function addAll(tools: Tools, files: readonly string[]): Promise<Said> {
  const said: Said[] = []
  for (const file of files) {
    try {
      said.push(added(await addOne(tools, file)))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      said.push({ lines: [`${file} was not added: ${reason}. Adding it again goes on.`], isDone: false })
    }
  }
  return { lines: said.flatMap(({ lines }) => lines), isDone: said.every(({ isDone }) => isDone) }
}

/** The platform answers when all is stored; until then its list says how far it is. */
async function addOne({ client, progress }: Tools, file: string): Promise<GuideRow> {
  const adding = client.add(file)
  const settled = adding.then(
    () => true,
    () => true,
  )
  // The first look waits, so that a small guide is there before.
  while (!(await Promise.race([settled, pause(lookEveryMs, false)]))) {
    const row = (await client.list()).find(({ state }) => state === 'adding')
    if (row) progress.show({ done: row.stored, total: row.definitions, refused: row.refused.length })
  }
  progress.end()
  return adding
}

const lookEveryMs = 500

function added({ name, version, definitions, stored, refused }: GuideRow): Said {
  const left = refused.map(({ file, reason }) => `  left out ${file}: ${reason}`)
  return done(`${name} ${version}: ${stored} of ${definitions} definitions are in the record.`, ...left)
}

async function list({ client }: Tools): Promise<Said> {
  const [guides, { required, unknown }] = await Promise.all([client.list(), client.demands()])
  return done(
    ...guides.map(
      ({ name, version, state, stored, definitions }) =>
        `${name} ${version} · ${state} · ${stored} of ${definitions} definitions`,
    ),
    ...(guides.length === 0 ? ['No guide is added.'] : []),
    ...required.map(({ type, profile }) => `required of ${type}: ${profile}`),
    `unknown profiles: ${unknown}`,
  )
}
