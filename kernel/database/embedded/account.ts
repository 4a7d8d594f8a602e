/** PostgreSQL refuses to run as root: started by root, it runs under an account that has a passwd entry. */
import { chmod, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fault } from '@xinglin/fhir'
import type { Logger } from '@xinglin/runtime'

/** Undefined ids mean: as this process. */
export type Account = { readonly uid?: number; readonly gid?: number }

const isOpenToOthers = 0o001
const isOpenToGroup = 0o010
const rootId = 0

/** The account to run PostgreSQL under; `paths` are what it must reach. Throws `fault` (`database.no-account`) naming the folder that bars it. */
export async function chooseAccount(paths: readonly string[], folder: string, log: Logger): Promise<Account> {
  if (process.getuid?.() !== rootId) return {}
  const account = await accountFor(folder)
  const barriers = (await Promise.all(paths.flatMap(ancestorsOf).map(closedTo(account)))).filter(
    (path) => path !== undefined,
  )
  if (barriers.length === 0) return account
  for (const barrier of new Set(barriers)) await letGroupThrough(barrier, log)
  return { ...account, gid: rootId }
}

async function accountFor(folder: string): Promise<{ uid: number; gid: number }> {
  const entries = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const { uid: owner } = await stat(folder)
  const entry =
    entries.find(([, , uid]) => Number(uid) === owner && owner !== rootId) ??
    entries.find(([name]) => name === 'postgres') ??
    entries.find(([name]) => name === 'nobody')
  if (!entry) {
    throw fault(
      'PostgreSQL cannot run as root and no account postgres or nobody exists: start as a normal user',
      {
        code: 'database.no-account',
      },
    )
  }
  return { uid: Number(entry[2]), gid: Number(entry[3]) }
}

function ancestorsOf(path: string): readonly string[] {
  const parent = dirname(path)
  return parent === path ? [] : [parent, ...ancestorsOf(parent)]
}

function closedTo(account: { uid: number; gid: number }) {
  return async (path: string): Promise<string | undefined> => {
    const { uid, gid, mode } = await stat(path)
    const isOpen =
      mode & isOpenToOthers ||
      (gid === account.gid && mode & isOpenToGroup) ||
      (uid === account.uid && mode & 0o100)
    return isOpen ? undefined : path
  }
}

/**
 * A folder such as /root (0700): its own group may pass through (not list), and PostgreSQL runs in that group. The
 * group root has no other members, so nobody else gains anything.
 */
async function letGroupThrough(path: string, log: Logger): Promise<void> {
  const { uid, gid, mode } = await stat(path)
  if (uid !== rootId || gid !== rootId) {
    throw fault(
      `PostgreSQL cannot run as root and may not pass through ${path}: start as the owner of that folder, or choose another with XINGLIN_DATA_DIR`,
      { code: 'database.no-account' },
    )
  }
  if (mode & isOpenToGroup) return
  await chmod(path, (mode & 0o7777) | isOpenToGroup)
  log.warn('folder opened to its group root for PostgreSQL', { path })
}
