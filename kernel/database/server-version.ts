/** Which PostgreSQL the platform runs on: tried with 15 (Debian 12) and with the embedded one. */
import { fault } from '@xinglin/fhir'
import type { Queryable } from './database.ts'
import { sql } from './sql.ts'

/** As `server_version_num` counts: 150000 is 15.0. */
const oldestVersion = 150_000

/** Throws `fault` (`database.too-old`) where the server is older than what the platform is tried with. */
export async function refuseOldServer(database: Queryable): Promise<void> {
  const [server] = await database.query(sql<{ number: number; name: string }>`
    select current_setting('server_version_num')::integer as number, current_setting('server_version') as name`)
  if (!server || server.number >= oldestVersion) return
  throw fault(`XINGLIN_DATABASE_URL names PostgreSQL ${server.name}; 15 or later is needed`, {
    code: 'database.too-old',
  })
}
