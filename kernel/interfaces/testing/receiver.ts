/** A source that a test calls, and receivers that a test tells what to answer; everything between is real. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Answer, DestinationKind, EndpointSettings, Outgoing, SourceKind } from '../interfaces.ts'

export type Heard = { readonly text: string; readonly id: string; readonly tries: number }

/** What a receiver does with what is sent to it. */
export type Manner = (text: string, outgoing: Outgoing) => Answer | 'hang' | Error

export interface Receivers {
  readonly kind: DestinationKind
  /** What this receiver took, in order. */
  taken(name: string): readonly string[]
  /** Everything that was sent to it, answered or not. */
  heard(name: string): readonly Heard[]
  behave(name: string, manner: Manner): void
  /** Settles when the receiver took this many; fails after ten seconds. */
  tookAtLeast(name: string, count: number): Promise<void>
}

const patienceMs = 10_000

/** Receivers by the name in their settings: `{ kind: 'test', name }`. */
export function createReceivers(): Receivers {
  const manners = new Map<string, Manner>()
  const heard = new Map<string, Heard[]>()
  const taken = new Map<string, string[]>()
  const listOf = <Each>(lists: Map<string, Each[]>, name: string) => {
    const list = lists.get(name) ?? []
    lists.set(name, list)
    return list
  }
  const nameIn = ({ name }: EndpointSettings) => String(name)
  return {
    kind: {
      kind: 'test',
      check: () => undefined,
      open: (settings) => ({
        async send(outgoing, signal) {
          const name = nameIn(settings)
          const text = Buffer.from(outgoing.content).toString('utf8')
          listOf(heard, name).push({ text, id: outgoing.id, tries: outgoing.tries })
          await pause(1)
          const answer = manners.get(name)?.(text, outgoing) ?? { kind: 'taken' as const }
          if (answer === 'hang') return pause(patienceMs, { kind: 'taken' as const }, { signal, ref: false })
          if (answer instanceof Error) throw answer
          if (answer.kind === 'taken') listOf(taken, name).push(text)
          return answer
        },
        close: async () => undefined,
      }),
    },
    taken: (name) => [...listOf(taken, name)],
    heard: (name) => [...listOf(heard, name)],
    behave: (name, manner) => void manners.set(name, manner),
    async tookAtLeast(name, count) {
      const giveUpAt = performance.now() + patienceMs
      while (listOf(taken, name).length < count) {
        if (performance.now() > giveUpAt)
          throw new Error(`${name} took ${listOf(taken, name).length} of ${count}`)
        await pause(5)
      }
    },
  }
}

/** A source that takes nothing by itself: tests call `interfaces.take`. */
export const silentSource: SourceKind = {
  kind: 'silent',
  check: () => undefined,
  open: async () => ({ stop: async () => undefined }),
}
