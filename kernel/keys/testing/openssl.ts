/** The openssl command line as the other party; tests that need it skip where it lacks the algorithm. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs openssl with `input`; throws what it says where it fails. */
export function openssl(args: readonly string[], options: { input?: Uint8Array; cwd?: string } = {}): Buffer {
  return execFileSync('openssl', args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
}

/** False, or why a test that needs SM2, SM3 and SM4 of openssl is skipped. */
export function withoutGuomi(): string | false {
  const key = spawnSync('openssl', ['genpkey', '-algorithm', 'SM2'])
  return key.status === 0 ? false : 'the openssl of this machine has no SM2'
}

/** A folder that goes with `remove`. */
export function scratchFolder(): { path: (name: string) => string; folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'xinglin-keys-'))
  return {
    folder,
    path: (name) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
