/** Passwords by argon2id (RFC 9106; OWASP: 19 MiB, 2 passes, 1 lane), verified a few at a time. */
import { hash, verify } from '@node-rs/argon2'
import { busy } from '@xinglin/fhir'
import { newSecret } from './secrets.ts'

const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** One verification takes 17 ms of one core and 19 MiB: two at a time leave the server its other threads. */
const atOnce = 2
/** 40 waiting are about 350 ms of patience; more would only be guessed passwords queueing. */
const mayWait = 40

export interface Passwords {
  hash(password: string): Promise<string>
  /** Takes as long without a stored hash as with one, and is then false. */
  verify(stored: string | undefined, password: string): Promise<boolean>
}

/** Throws `busy` (`identity.too-many-verifications`) when too many passwords wait for their turn. */
export function createPasswords(): Passwords {
  const inTurn = createTurns()
  const unknown = hash(newSecret(), cost)
  return {
    hash: (password) => inTurn(() => hash(password, cost)),
    verify: (stored, password) =>
      inTurn(async () => {
        const isRight = await verify(stored ?? (await unknown), password)
        return stored !== undefined && isRight
      }),
  }
}

function createTurns(): <T>(act: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (act) => {
    if (running >= atOnce) {
      if (waiting.length >= mayWait) throw tooMany()
      await new Promise<void>((start) => waiting.push(start))
    } else running++
    try {
      return await act()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}

function tooMany() {
  return busy('too many people are signing in at this moment: try again in a few seconds', {
    code: 'identity.too-many-verifications',
  })
}
