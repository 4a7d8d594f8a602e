/**
 * Shared terminals of wards: who stands at one shows his badge and his PIN, and whoever stood there before is gone.
 *
 * A terminal is a browser that an administrator registered: it keeps a secret that opens nothing by itself.
 */
import type { Instant } from '@xinglin/fhir'
import type { Actor, SessionToken } from '../identity.ts'
import type { Place } from '../staff/staff.ts'

export type Terminal = {
  readonly id: string
  readonly label: string
  /** The Location where it stands. */
  readonly place: Place
  /** Untouched for so long, s, it asks for badge and PIN. */
  readonly idleSeconds: number
  readonly registered: Instant
  /** When somebody last entered. */
  readonly seen?: Instant
  readonly ended?: Instant
  /** Who stands there. */
  readonly holder?: string
  readonly isLocked: boolean
}
/** What a terminal tells to anybody before it. */
export type ShownTerminal = Pick<Terminal, 'label' | 'idleSeconds' | 'holder' | 'isLocked'> & {
  readonly place: string
}
export type OwnBadge = { readonly enrolled: Instant; readonly lastUsed?: Instant }

type Opened = { readonly token: SessionToken; readonly actor: Actor }

/** Acts leave one audit entry and state `identity.terminal-*` or `identity.badge-*` in the log, in one transaction. */
export interface Badges {
  /** `administration.terminals.write`. The secret is given here and never again. Throws `invalid` (`badge.terminal`). */
  register(
    by: Actor,
    terminal: { label: string; location: string; idleSeconds: number; reason: string },
  ): Promise<{ id: string; secret: string }>
  /** `administration.terminals.read`: by label, the withdrawn ones last. */
  terminals(by: Actor): Promise<readonly Terminal[]>
  /** From now on nobody enters there; who stood there is signed out. */
  withdraw(by: Actor, act: { id: string; reason: string }): Promise<void>
  /** Undefined where the secret is unknown or its terminal was withdrawn. */
  terminal(secret: string): Promise<ShownTerminal | undefined>
  /** Undefined where a person has none. */
  own(actor: Actor): Promise<OwnBadge | undefined>
  /**
   * The person's badge and PIN, in place of former ones; he shows his password. Throws `invalid` (`badge.number`,
   * `badge.weak-pin`, `identity.wrong-password`), `conflict` (`badge.taken`), `forbidden` (`badge.administrator`).
   */
  enrol(actor: Actor, badge: { number: string; pin: string; password: string }): Promise<void>
  removeOwn(actor: Actor): Promise<void>
  /** Of somebody who lost it: within what the one who acts administers. */
  remove(by: Actor, act: { id: string; reason: string }): Promise<void>
  /**
   * Badge and PIN at a terminal. Who stood there before is signed out; one's own session there goes on, and one at
   * another terminal ends. Throws `unauthenticated` (`badge.no-terminal`, `badge.wrong`), `busy` (`identity.locked`),
   * `forbidden` (`badge.administrator`, `badge.password-due`).
   */
  enter(secret: string, shown: { number: string; pin: string; address?: string }): Promise<Opened>
  /** A session that was opened at a terminal in another way stands there too. */
  stand(secret: string, actor: Actor): Promise<void>
  /** The session stands still until its person shows badge and PIN; nothing where it stands at no terminal. */
  lock(actor: Actor): Promise<void>
}
