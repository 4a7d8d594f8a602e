/** The dictionary of displays: each text that stands beside a code or reference, once for an institution. */
import { type Queryable, type Sql, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { hash64 } from '../hot/hash.ts'
import { spelledDisplay } from './texts.ts'

/** Texts that one process remembers to have stored: 100,000 are some 10 MB, and a hospital's lists have fewer. */
const mostRemembered = 100_000

export interface Displays {
  /** Takes the texts of a write that are not known to be stored: the statement, and what to call after its commit. */
  unknown(
    tenant: TenantId,
    texts: Iterable<string>,
  ): { readonly insert: Sql; readonly remember: () => void } | undefined
}

/** What one process knows to stand in the dictionary. */
export function createDisplays(): Displays {
  const known = new Set<string>()
  return {
    unknown(tenant, texts) {
      const fresh = [...new Set(texts)].filter((text) => !known.has(`${tenant}/${text}`))
      if (fresh.length === 0) return undefined
      return {
        insert: insertDisplays(tenant, fresh),
        remember() {
          if (known.size + fresh.length > mostRemembered) known.clear()
          for (const text of fresh) known.add(`${tenant}/${text}`)
        },
      }
    },
  }
}

/** Under which a text stands in the dictionary. */
export function displayHash(tenant: TenantId, text: string): string {
  return String(hash64(`${tenant}/${text}`))
}

/** In the order of their hashes, so that two writers of the same texts do not wait in a circle. */
function insertDisplays(tenant: TenantId, texts: readonly string[]): Sql {
  const rows = texts.map((text) => ({
    hash: displayHash(tenant, text),
    text,
    spelled: spelledDisplay(text),
  }))
  return sql`
    insert into records.display (hash, tenant, text, spelled)
    select given.hash, ${tenant}::integer, given.text, given.spelled
    from json_to_recordset(${sql.json(rows)}::json) as given (hash bigint, text text, spelled text)
    order by given.hash
    on conflict (hash) do nothing`
}

/** Displays of an institution that have all of the words; at most `most`. */
export async function displaysWith(
  from: Queryable,
  tenant: TenantId,
  { words, most }: { readonly words: readonly string[]; readonly most: number },
): Promise<readonly string[]> {
  const conditions = words.map((word) => sql`display.spelled like ${`%${word.replace(/[\\%_]/g, '\\$&')}%`}`)
  const rows = await from.query(sql<{ text: string }>`
    select display.text
    from records.display
    where display.tenant = ${tenant} and ${sql.join(conditions, sql` and `)}
    limit ${most}`)
  return rows.map(({ text }) => text)
}
