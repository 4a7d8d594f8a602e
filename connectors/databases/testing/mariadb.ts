/** A real MariaDB with a folder of its own, where it is installed. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import mysql from 'mysql2/promise'

const program = '/usr/sbin/mariadbd'
const scripts = '/usr/share/mysql'

/** Why tests with it cannot run here, or false. */
export const noMariaDb: string | false =
  existsSync(program) && existsSync(join(scripts, 'mysql_system_tables.sql'))
    ? false
    : 'MariaDB is not installed (apt install mariadb-server-core)'

export const account = { user: 'laboratory', password: 'a-password-of-one-test-only', database: 'lis' }

export type MariaDb = { readonly port: number; query(text: string): Promise<unknown> }

/** Listens on 127.0.0.1; ended and forgotten after the tests. */
export async function startMariaDb(): Promise<MariaDb> {
  const folder = await mkdtemp(join(tmpdir(), 'xinglin-mariadb-'))
  const port = await freePort()
  const options = ['--no-defaults', `--datadir=${folder}/data`, '--user=root', `--lc-messages-dir=${scripts}`]
  execFileSync('mkdir', ['-p', `${folder}/data/mysql`])
  const tables = await Promise.all(
    ['mysql_system_tables.sql', 'mysql_system_tables_data.sql'].map((name) =>
      readFile(join(scripts, name), 'utf8'),
    ),
  )
  execFileSync(program, [...options, '--bootstrap'], {
    input: `use mysql;\n${tables.join('\n')}`,
    stdio: 'pipe',
  })
  const { user, password, database } = account
  await writeFile(
    join(folder, 'init.sql'),
    [
      `create database ${database} character set utf8mb4;`,
      `create user '${user}'@'127.0.0.1' identified by '${password}';`,
      `grant all on ${database}.* to '${user}'@'127.0.0.1';`,
    ].join('\n'),
  )
  const child = spawn(
    program,
    [
      ...[...options, `--port=${port}`, '--bind-address=127.0.0.1', '--skip-name-resolve'],
      ...[`--socket=${folder}/socket`, `--init-file=${folder}/init.sql`, '--innodb-buffer-pool-size=32M'],
    ],
    { stdio: 'ignore' },
  )
  after(async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
    await rm(folder, { recursive: true, force: true })
  })
  const connect = () =>
    mysql.createConnection({
      host: '127.0.0.1',
      port,
      ...account,
      multipleStatements: true,
      charset: 'utf8mb4',
    })
  for (;;) {
    const client = await connect().catch(() => undefined)
    if (!client) {
      await pause(50)
      continue
    }
    after(() => client.destroy())
    return { port, query: async (text) => (await client.query(text))[0] }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await once(server.close(), 'close')
  return typeof address === 'object' && address ? address.port : 0
}
