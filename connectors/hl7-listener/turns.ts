/**
 * Transactions of one listener that are on their way at the same time: one maps while PostgreSQL writes the other (two
 * at once: an eighth more messages a second on two cores). They act in the order in which they were opened: each says what it
 * changes before a later one decides, and what has seen a change of an earlier one waits until that has ended.
 */
import { type Draft, sees, touchedBy } from './knowledge.ts'

/** The place of one transaction in the order. */
export interface Turn {
  /**
   * Of drafts in their order, how many stand before the first that has seen what an earlier open turn changes. Waits
   * until every earlier turn has said what it changes.
   */
  enter(drafts: readonly Draft[]): Promise<number>
  /** Settles when every turn that was open before this one has ended. */
  earlierEnded(): Promise<void>
  end(): void
}

type Open = {
  /** Of all its messages, those included that wait for a transaction of their own. */
  readonly touched: Set<string>
  readonly entered: PromiseWithResolvers<void>
  readonly ended: PromiseWithResolvers<void>
}

/** The turns of one listener; `open` is told for how many messages. */
export function createTurns(): { open(messages: number): Turn } {
  const turns = new Set<Open>()

  return {
    open(messages) {
      const earlier = [...turns]
      const own: Open = {
        touched: new Set(),
        entered: Promise.withResolvers(),
        ended: Promise.withResolvers(),
      }
      turns.add(own)
      return {
        async enter(drafts) {
          for (const { changes } of drafts)
            for (const change of changes.values()) for (const key of touchedBy(change)) own.touched.add(key)
          // Broken off before all were mapped, they go one by one, and what the last of them changes is known at the end.
          if (drafts.length >= messages) own.entered.resolve()
          await Promise.all(earlier.map(({ entered }) => entered.promise))
          const open = earlier.filter((turn) => turns.has(turn))
          const met = drafts.findIndex((draft) => open.some(({ touched }) => sees(draft, touched)))
          return met < 0 ? drafts.length : met
        },
        async earlierEnded() {
          await Promise.all(earlier.map(({ ended }) => ended.promise))
        },
        end() {
          turns.delete(own)
          own.entered.resolve()
          own.ended.resolve()
        },
      }
    },
  }
}
