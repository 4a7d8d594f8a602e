/** What the engine gives a source beside its settings: whose it is, its turn among processes, and a durable memory. */
import { type Database, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Turns } from './queue/turns.ts'

export interface SourceMemory {
  /** Everything noted, by key. */
  read(): Promise<ReadonlyMap<string, string>>
  /** On the disk when it settles; `gone` are keys to forget. */
  write(entries: ReadonlyMap<string, string>, gone?: readonly string[]): Promise<void>
}

/** A source that listens needs none of this; one that asks by itself (folders, tables) looks only while it has the turn. */
export type SourceSeat = {
  readonly tenant: TenantId
  readonly interface: string
  /** Whether this process is the one of all that looks; it competes for that from the first question on. */
  readonly hasTurn: () => boolean
  readonly memory: SourceMemory
  /** Tells people that what the source asks cannot be reached, or that it can again. */
  readonly tell: (failure: SourceFailure | undefined) => void
}

/** A code or the name of an error; never what was read. */
export type SourceFailure = { readonly code: string }

export type SeatOptions = {
  readonly database: Database
  readonly tenant: TenantId
  readonly interface: string
  readonly turns: Turns
  readonly tell: (failure: SourceFailure | undefined) => void
}

/** The seat of an interface's source. */
export function createSeat({ database, tenant, interface: id, turns, tell }: SeatOptions): SourceSeat {
  let hasTurn: boolean | undefined
  return {
    ...{ tenant, interface: id, tell, memory: memoryOf(database, tenant, id) },
    hasTurn() {
      if (hasTurn === undefined) {
        hasTurn = false
        turns.want(`${tenant}/${id}//source`, (has) => {
          hasTurn = has
        })
      }
      return hasTurn
    },
  }
}

function memoryOf(database: Database, tenant: TenantId, id: string): SourceMemory {
  return {
    async read() {
      const rows = await database.query(sql<{ key: string; value: string }>`
        select key, value
        from interfaces.memory
        where tenant = ${tenant} and interface = ${id}`)
      return new Map(rows.map(({ key, value }) => [key, value]))
    },
    async write(entries, gone = []) {
      await database.transaction(async (transaction) => {
        transaction.send(sql`
          delete from interfaces.memory
          where tenant = ${tenant} and interface = ${id} and key = any(${gone}::text[])`)
        await transaction.query(sql`
          insert into interfaces.memory (tenant, interface, key, value)
          select ${tenant}, ${id}, key, value
          from unnest(${[...entries.keys()]}::text[], ${[...entries.values()]}::text[]) as noted (key, value)
          on conflict (tenant, interface, key) do update set value = excluded.value`)
      })
    },
  }
}
