/** Whether the process lives and whether every part of it works: `/health/live` and `/health/ready`. */

import type { FastifyInstance } from 'fastify'
import type { HealthCheck } from './web.ts'

// A part that does not answer within this counts as not working; probes commonly give up after 5 s.
const checkTimeoutMs = 2_000
// One look serves all probes of this span, so that nobody can load the database through an open address.
const lookLastsMs = 250

export type Readiness = {
  readonly status: 'ready' | 'not-ready'
  /** `ok`, what is worth knowing of a part that works, or why it does not. */
  readonly parts: Readonly<Record<string, string>>
}

export interface Health {
  add(name: string, check: HealthCheck): void
  look(): Promise<Readiness>
}

/** The parts of the platform and whether they work. */
export function createHealth(elapsedMs: () => number): Health {
  const checks = new Map<string, HealthCheck>()
  let last: { readonly atMs: number; readonly readiness: Promise<Readiness> } | undefined
  return {
    add(name, check) {
      checks.set(name, check)
      last = undefined
    },
    look() {
      const atMs = elapsedMs()
      if (!last || atMs - last.atMs > lookLastsMs) last = { atMs, readiness: lookAt(checks) }
      return last.readiness
    },
  }
}

async function lookAt(checks: ReadonlyMap<string, HealthCheck>): Promise<Readiness> {
  const parts = await Promise.all([...checks].map(async ([name, check]) => [name, await ask(check)] as const))
  const isReady = parts.every(([, { isWorking }]) => isWorking)
  return {
    status: isReady ? 'ready' : 'not-ready',
    parts: Object.fromEntries(parts.map(([name, { words }]) => [name, words])),
  }
}

type Look = { readonly isWorking: boolean; readonly words: string }

async function ask(check: HealthCheck): Promise<Look> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((settle) => {
    timer = setTimeout(() => settle(`no answer within ${checkTimeoutMs / 1000} s`), checkTimeoutMs)
  })
  try {
    const said = await Promise.race([check(), late])
    if (typeof said === 'string') return { isWorking: false, words: said }
    return { isWorking: true, words: said?.note ?? 'ok' }
  } catch (error) {
    // The message of a failed check may name hosts or rows; its kind is enough here, the log has the rest.
    return { isWorking: false, words: `failed (${error instanceof Error ? error.name : typeof error})` }
  } finally {
    clearTimeout(timer)
  }
}

/** Registers both addresses; they need no actor and take no token of a rate. */
export function healthRoutes(http: FastifyInstance, health: Health): void {
  const page = { config: { access: 'page' as const } }
  http.get('/health/live', page, () => ({ status: 'alive' }))
  http.get('/health/ready', page, async (_request, reply) => {
    const readiness = await health.look()
    return reply.code(readiness.status === 'ready' ? 200 : 503).send(readiness)
  })
}
