/** The door to people's phones: a message commits with the act that asks for it, and is sent by a durable job. */
import { type Database, type Migrations, sql } from '@xinglin/database'
import { busy, epochMs, instantOf } from '@xinglin/fhir'
import type { TextDoor } from '@xinglin/identity'
import type { Jobs, JobTasks } from '@xinglin/jobs'
import type { Keys } from '@xinglin/keys'
import type { Runtime } from '@xinglin/runtime'
import type { Handed, TextProvider } from './http-provider.ts'

export { type Handed, httpProvider, type Text, type TextProvider } from './http-provider.ts'

/** Tables of the schema `texts`. */
export const textsMigrations: Migrations = {
  name: 'texts',
  folder: new URL('./migrations/', import.meta.url),
}

/** Pauses of 1, 3, 7, 20, 55 s: within the five minutes for which a code is good. */
const mostTries = 6
/** What became of messages is kept for questions about bills and complaints. */
const keptDays = 90
const dayMs = 24 * 3_600_000
const purpose = 'texts.message'

export type TextMessagesOptions = {
  readonly database: Database
  readonly keys: Keys
  readonly jobs: Pick<Jobs, 'enqueue'>
  readonly runtime: Runtime
  readonly provider: TextProvider
}

/** Where messages lie sealed while they wait, for every process that changes keys, with a provider or without. */
export function declareSealedTexts(keys: Keys): void {
  keys.rotations.declare({
    ...{ purpose, at: ['texts', 'message', 'sealed'], form: 'text' },
    ...{ reads: sql`id`, contextOf: ({ id }) => bindingOf(String(id)).context },
  })
}

export type TextMessages = { readonly door: TextDoor; readonly tasks: JobTasks }

/** The door, and the task by which a worker sends. */
export function createTextMessages(options: TextMessagesOptions): TextMessages {
  const { keys, jobs, runtime } = options
  return {
    door: {
      async sendText(transaction, { tenant, phone, words, ends }) {
        const id = runtime.newId()
        const at = runtime.now()
        const sealed = await keys.sealText(JSON.stringify({ phone, words }), bindingOf(id))
        const forgotten = instantOf(epochMs(at) - keptDays * dayMs, runtime.timeZone)
        await transaction.query(sql`
          with old as (delete from texts.message where asked < ${forgotten}::timestamptz and state <> 'waiting')
          insert into texts.message (id, tenant, phone_end, sealed, state, asked, ends)
          values (${id}, ${tenant}, ${phone.slice(-4)}, ${sealed}, 'waiting', ${at}::timestamptz, ${ends}::timestamptz)`)
        await jobs.enqueue(transaction, { task: 'texts.send', payload: { id }, maxAttempts: mostTries })
      },
    },
    tasks: {
      'texts.send': ({ id }, signal) => send(options, String(id), signal),
    },
  }
}

function bindingOf(id: string) {
  return { purpose, context: `message/${id}` }
}

type Waiting = { readonly sealed: string; readonly ends: string; readonly tries: number }

async function send(options: TextMessagesOptions, id: string, signal: AbortSignal): Promise<void> {
  const { database, keys, runtime, provider } = options
  const [waiting] = await database.query(sql<Waiting>`
    update texts.message
    set tries = tries + 1
    where id = ${id} and state = 'waiting'
    returning sealed, ends, tries`)
  if (!waiting) return
  if (epochMs(waiting.ends) <= epochMs(runtime.now())) return settle(options, id, { state: 'late' })
  const { phone, words }: { phone: string; words: string } = JSON.parse(
    await keys.openText(waiting.sealed, bindingOf(id)),
  )
  const handed: Handed = await provider.hand({ id, to: phone, text: words }, signal).catch(() => unreachable)
  if (handed.kind === 'taken') return settle(options, id, { state: 'sent', providerId: handed.providerId })
  const isLast = waiting.tries >= mostTries
  runtime.log.warn('a text message was not taken', { id, status: handed.status, isLast })
  if (handed.kind === 'refused' || isLast)
    return settle(options, id, { state: 'refused', status: handed.status })
  throw busy(`the provider of text messages answers ${handed.status}`, { code: 'texts.not-taken' })
}

/** The reason why is the network's; nothing of the message goes into a log. */
const unreachable: Handed = { kind: 'busy', status: 0 }

type Settled =
  | { readonly state: 'sent'; readonly providerId: string | undefined }
  | { readonly state: 'refused'; readonly status: number }
  | { readonly state: 'late' }

/** Phone and words are forgotten with it. */
async function settle(
  { database, runtime }: TextMessagesOptions,
  id: string,
  settled: Settled,
): Promise<void> {
  const providerId = settled.state === 'sent' ? settled.providerId : undefined
  const status = settled.state === 'refused' ? settled.status : undefined
  await database.query(sql`
    update texts.message
    set state = ${settled.state}, sealed = null, settled = ${runtime.now()}::timestamptz,
      provider_id = ${providerId}, status = ${status}
    where id = ${id}`)
}
