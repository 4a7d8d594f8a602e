/** A connection to one of a directory's servers (RFC 4511): guarded address, TLS, time limits, the next server where one is away. */
import { connect, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { OutcomeError, unauthenticated } from '@xinglin/fhir'
import type { LdapSettings, OpenedProvider } from '@xinglin/identity'
import { Client, type Entry, type Filter, InvalidCredentialsError, ResultCodeError } from 'ldapts'
import type { Needs } from '../needs.ts'

export type LdapProvider = OpenedProvider & { readonly kind: 'ldap'; readonly settings: LdapSettings }

/** Somebody waits; a directory on the network of the house answers in milliseconds. */
const connectMs = 3_000
const operationMs = 5_000
/** The server gives up a search before we do, s. */
const searchSeconds = 4

export type Found = {
  readonly dn: string
  texts(attribute: string): readonly string[]
  bytes(attribute: string): Uint8Array | undefined
}

export type Search = {
  /** RFC 4515, or put together where values are bytes. */
  readonly filter: string | Filter
  readonly attributes: readonly string[]
  readonly scope?: 'sub' | 'base'
  /** More entries than this are an error of the directory or of a filter. */
  readonly most: number
  readonly paged?: boolean
}

export interface Directory {
  readonly server: string
  /** False where name and password do not belong together; throws what else the directory says. */
  bind(name: string, password: string): Promise<boolean>
  search(base: string, search: Search): Promise<readonly Found[]>
}

/** Runs `work` on the first server that answers; throws `unauthenticated` (`upstream.unreachable`) where none does. */
export async function withDirectory<T>(
  needs: Pick<Needs, 'addresses'>,
  provider: LdapProvider,
  work: (directory: Directory) => Promise<T>,
): Promise<T> {
  let last: unknown
  for (const server of provider.settings.servers) {
    try {
      return await withServer(needs, { provider, server }, work)
    } catch (error) {
      // The server answered: another one would say the same.
      if (error instanceof OutcomeError || isAnswer(error)) throw error
      last = error
    }
  }
  throw unauthenticated('no server of the directory answers', { code: 'upstream.unreachable', cause: last })
}

async function withServer<T>(
  needs: Pick<Needs, 'addresses'>,
  { provider, server }: { readonly provider: LdapProvider; readonly server: string },
  work: (directory: Directory) => Promise<T>,
): Promise<T> {
  const client = clientFor(needs, provider, server)
  try {
    await greet(client, provider, server)
    return await work(directoryOf(client, server))
  } finally {
    await client.unbind().catch(() => undefined)
  }
}

/** `busy`, `unavailable` and limits are of this server, not of the directory. */
const notThisServer = new Set([3, 11, 51, 52, 80])

function isAnswer(error: unknown): boolean {
  return error instanceof ResultCodeError && !notThisServer.has(error.code)
}

function clientFor(
  { addresses }: Pick<Needs, 'addresses'>,
  { settings }: LdapProvider,
  server: string,
): Client {
  const url = new URL(server)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isLdaps = url.protocol === 'ldaps:'
  const isSecure = isLdaps || settings.startTls
  if (isIP(host) > 0 && !addresses.mayReach(host, isSecure)) throw notReachable(host)
  const port = Number(url.port || (isLdaps ? 636 : 389))
  const lookup = addresses.lookup(isSecure)
  const open = (): Socket => connect({ host, port, lookup })
  const secure = { ...tlsOptions(settings, host), host, port, lookup }
  return new Client({
    ...{ url: server, connectTimeout: connectMs, timeout: operationMs, strictDN: false },
    ...(isLdaps ? { createSecureConnection: () => connectTls(secure) } : { createConnection: open }),
  })
}

function tlsOptions({ authorities }: LdapSettings, host: string): ConnectionOptions {
  return {
    host,
    ...(isIP(host) > 0 ? {} : { servername: host }),
    ...(authorities === undefined ? {} : { ca: authorities }),
    minVersion: 'TLSv1.2',
  }
}

function notReachable(host: string): Error {
  return Object.assign(new Error(`${host} may not be reached`), { code: 'EACCES' })
}

async function greet(client: Client, { settings }: LdapProvider, server: string): Promise<void> {
  if (!settings.startTls || server.startsWith('ldaps:')) return
  const host = new URL(server).hostname.replace(/^\[|\]$/g, '')
  await client.startTLS(tlsOptions(settings, host))
}

function directoryOf(client: Client, server: string): Directory {
  return {
    server,
    async bind(name, password) {
      // RFC 4513 §5.1.2: without a password a bind succeeds for anybody.
      if (name === '' || password === '') return false
      try {
        await client.bind(name, password)
        return true
      } catch (error) {
        if (!(error instanceof InvalidCredentialsError)) throw error
        refuseKnownState(error)
        return false
      }
    },
    async search(base, { filter, attributes, scope = 'sub', most, paged = false }) {
      const { searchEntries } = await client.search(base, {
        ...{ scope, filter, attributes: [...attributes], timeLimit: searchSeconds },
        ...(paged ? { paged: { pageSize: 500 } } : { sizeLimit: most }),
        explicitBufferAttributes: ['objectGUID'],
      })
      return searchEntries.slice(0, most).map(foundOf)
    },
  }
}

/** Active Directory says after a right password why it does not count (MS-ADTS §3.1.1.5.5.4; `data` is a system error code). */
function refuseKnownState(error: InvalidCredentialsError): void {
  const state = /\bdata ([0-9a-f]{3})\b/.exec(error.message)?.[1]
  if (state === '532' || state === '773')
    throw unauthenticated('the password there is over: change it where you work', {
      code: 'upstream.password-over',
    })
  if (state === '533' || state === '701')
    throw unauthenticated('the account there is disabled', { code: 'upstream.disabled-there' })
  if (state === '775') throw unauthenticated('the account there is locked', { code: 'upstream.locked-there' })
}

function foundOf(entry: Entry): Found {
  const valuesOf = (attribute: string) => {
    const name = Object.keys(entry).find((each) => each.toLowerCase() === attribute.toLowerCase())
    return name === undefined ? [] : [entry[name] ?? []].flat()
  }
  return {
    dn: entry.dn,
    texts: (attribute) =>
      valuesOf(attribute)
        .map(String)
        .filter((text) => text !== ''),
    bytes: (attribute) => valuesOf(attribute).find((value) => Buffer.isBuffer(value)),
  }
}
