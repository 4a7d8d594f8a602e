/** Secrets that interfaces name and never hold: a file each in one folder, read when a connection is opened. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { invalid } from '@xinglin/fhir'

/** The secret of this name without its last line end; throws `invalid` (`interfaces.no-secret`) where there is none. */
export function interfaceSecrets(folder: string): (name: string) => Promise<string> {
  return async (name) => {
    const content = /^[\w-]{1,64}$/.test(name)
      ? await readFile(join(folder, name), 'utf8').catch(() => undefined)
      : undefined
    if (content === undefined)
      throw invalid(`the installation has no readable secret ${name}`, { code: 'interfaces.no-secret' })
    return content.replace(/\r?\n$/, '')
  }
}
