/**
 * Interfaces of this installation: a file each in one folder, followed while it changes. A file that cannot be loaded is
 * told in the log, and the one that was loaded before goes on.
 */
import { readdir, stat } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { Kernel } from '@xinglin/app'
import { databaseDestination, databaseSource } from '@xinglin/databases'
import { studySource } from '@xinglin/dicom-node'
import type { TenantId } from '@xinglin/events'
import { invalid, OutcomeError } from '@xinglin/fhir'
import { fileDestination, fileSource, sftpDestination, sftpSource } from '@xinglin/files'
import { mllpDestination, mllpSource, recordSource } from '@xinglin/hl7-listener'
import type { AnyInterface } from '@xinglin/interfaces'
import { interfaceSecrets } from './interface-secrets.ts'
import type { Role } from './roles.ts'

const defaultTenant = 1 as TenantId
/** How soon a changed file acts. */
const lookEveryMs = 2_000

type Loaded = { readonly stamp: string; readonly id?: string }

export type InterfacesPlace = {
  readonly folder: string
  /** Folders with files that interfaces may read and write, absolute. */
  readonly roots: readonly string[]
  /** Passwords and keys that interfaces name, a file each. */
  readonly secretsFolder: string
  readonly roles: readonly Role[]
}

/** Opens the interfaces of the folder as far as this process has a part in them. */
export async function openInterfaces(
  kernel: Kernel,
  { folder, roots, secretsFolder, roles }: InterfacesPlace,
): Promise<{ stop(): Promise<void> }> {
  const { interfaces, runtime } = kernel
  const { log } = runtime
  const loaded = new Map<string, Loaded>()
  const stopping = new AbortController()

  interfaces.offerSource(mllpSource(runtime))
  interfaces.offerSource(recordSource(kernel))
  interfaces.offerSource(studySource(kernel))
  interfaces.offerDestination(mllpDestination)
  interfaces.offerSource(fileSource({ runtime, roots }))
  interfaces.offerDestination(fileDestination({ runtime, roots }))
  const secretOf = interfaceSecrets(secretsFolder)
  interfaces.offerSource(sftpSource({ runtime, secretOf }))
  interfaces.offerDestination(sftpDestination({ runtime, secretOf }))
  interfaces.offerSource(databaseSource({ runtime, secretOf }))
  interfaces.offerDestination(databaseDestination({ runtime, secretOf }))
  letFilesImportOurs()

  async function load(file: string, stamp: string): Promise<void> {
    try {
      const definition = await definitionIn(join(folder, file), stamp)
      const twin = [...loaded].find(([name, { id }]) => name !== file && id === definition.id)
      if (twin) throw invalid(`${twin[0]} has the same id`, { code: 'interfaces.definition', at: 'id' })
      await interfaces.deploy(defaultTenant, definition)
      loaded.set(file, { stamp, id: definition.id })
      log.info('an interface was loaded', { file, interface: definition.id, version: definition.version })
    } catch (cause) {
      loaded.set(file, { ...loaded.get(file), stamp })
      log.error('an interface could not be loaded', { file, failure: reasonOf(cause) })
    }
  }

  async function look(): Promise<void> {
    const files = await filesIn(folder)
    for (const [file, { id }] of loaded) {
      if (files.has(file)) continue
      loaded.delete(file)
      if (id !== undefined) await interfaces.retire(defaultTenant, id)
      log.info('an interface was taken away', { file, interface: id })
    }
    for (const [file, stamp] of files) if (loaded.get(file)?.stamp !== stamp) await load(file, stamp)
  }

  async function follow(): Promise<void> {
    for (;;) {
      await sleep(lookEveryMs, undefined, { signal: stopping.signal, ref: false })
      await look()
    }
  }

  await look()
  await interfaces.start({ sources: roles.includes('listener'), destinations: roles.includes('worker') })
  const following = follow().catch((cause: unknown) => {
    if (!stopping.signal.aborted)
      log.error('interfaces are not followed any more', { failure: reasonOf(cause) })
  })
  return {
    async stop() {
      stopping.abort()
      await following
      await interfaces.stop()
    },
  }
}

/** Files and what changes when they do; none where there is no folder. */
async function filesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(folder).catch(() => [])
  const files = names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).sort()
  const stamps = await Promise.all(
    files.map(async (file): Promise<readonly [string, string]> => {
      const { mtimeMs, size } = await stat(join(folder, file))
      return [file, `${mtimeMs}-${size}`]
    }),
  )
  return new Map(stamps)
}

/** Throws `invalid` (`interfaces.definition`) where the file exports none. */
async function definitionIn(path: string, stamp: string): Promise<AnyInterface> {
  const { default: definition }: { default?: unknown } = await import(`${pathToFileURL(path)}?at=${stamp}`)
  if (typeof definition === 'object' && definition !== null && 'id' in definition)
    return definition as AnyInterface
  throw invalid('the file has no interface as its default export', { code: 'interfaces.definition' })
}

/** Files of the folder import `@xinglin/…` as our packages do, wherever the folder lies. */
function letFilesImportOurs(): void {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier.startsWith('@xinglin/')
        ? next(specifier, { ...context, parentURL: import.meta.url })
        : next(specifier, context),
  })
}

function reasonOf(cause: unknown): string {
  if (cause instanceof OutcomeError) return cause.message
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : typeof cause
}
