/** The machine client that a tool signs in with. */
import { readFile } from 'node:fs/promises'

export type Credentials = { readonly id: string; readonly secret: string }

/** From `idAndSecret` (`id:secret`) where it is given, else from a JSON file with `id` and `secret`. */
export async function readCredentials(source: { idAndSecret?: string; file: string }): Promise<Credentials> {
  const colon = source.idAndSecret?.indexOf(':') ?? -1
  if (source.idAndSecret && colon > 0) {
    return { id: source.idAndSecret.slice(0, colon), secret: source.idAndSecret.slice(colon + 1) }
  }
  const parsed: unknown = JSON.parse(await readFile(source.file, 'utf8'))
  if (isCredentials(parsed)) return parsed
  throw new Error(`${source.file} does not hold a machine client's id and secret`)
}

function isCredentials(value: unknown): value is Credentials {
  return typeof value === 'object' && value !== null && 'id' in value && 'secret' in value
}

/** `host:port` as its parts. */
export function parseAddress(text: string): { host: string; port: number } {
  const at = text.lastIndexOf(':')
  return { host: text.slice(0, at), port: Number(text.slice(at + 1)) }
}
