/** Which NATS, how the platform shows itself there, and how the stream is made where there is none. */
import { credsAuthenticator, type NodeConnectionOptions } from '@nats-io/transport-node'

export type FeedSettings = {
  /** `nats://` or `tls://` URLs of one cluster; login and password may stand in the first. */
  readonly urls: readonly string[]
  /** Name of the stream; in small letters it is the first word of each subject. */
  readonly stream: string
  /** Copies of each message, where the platform makes the stream. */
  readonly replicas: number
  /** Authorities of the servers' certificates in PEM; those of Node where absent. */
  readonly authorities?: string
  /** A NATS credentials file (JWT and seed). */
  readonly credentials?: string
}

const usualPort = '4222'
const connectWithinMs = 10_000

/** `host:port` of each server; what an operator may see. */
export function serversOf(urls: readonly string[]): readonly string[] {
  return urls.map((url) => {
    const { hostname, port } = new URL(url)
    return `${hostname}:${port || usualPort}`
  })
}

/** What the client is told. It does not reconnect by itself: each connection begins at the end of the stream. */
export function connectionOptions(settings: FeedSettings): NodeConnectionOptions {
  const { urls, authorities, credentials } = settings
  const [first] = urls.map((url) => new URL(url))
  const isSealed = first?.protocol === 'tls:'
  return {
    ...{ servers: [...serversOf(urls)], name: 'xinglin', reconnect: false, timeout: connectWithinMs },
    ...(first?.username
      ? { user: decodeURIComponent(first.username), pass: decodeURIComponent(first.password) }
      : {}),
    ...(credentials ? { authenticator: credsAuthenticator(new TextEncoder().encode(credentials)) } : {}),
    ...(isSealed ? { tls: authorities ? { ca: authorities } : {} } : {}),
  }
}
