/** One POST of a notification to a receiver: guarded address, one time limit over all, no redirects, answer not looked at. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import type { Addresses } from '@xinglin/web'
import { readHeader } from '../definition/endpoint.ts'
import { mostAnswerBytes } from '../limits.ts'

/** Connections kept to one receiver; one subscription uses one at a time. */
const mostConnections = 8
/** A connection that is not used for this long is closed. */
const idleMs = 30_000

export type Posted =
  | { readonly isDelivered: true }
  /** A short reason of ours, without anything that the receiver said; `isFinal` where trying again is useless. */
  | { readonly isDelivered: false; readonly reason: string; readonly isFinal: boolean }

export type Notification = {
  readonly endpoint: string
  readonly headers: readonly string[]
  readonly contentType: string
  readonly body: string
  readonly timeoutMs: number
  readonly stopping?: AbortSignal
}

export interface Post {
  send(notification: Notification): Promise<Posted>
  close(): void
}

/** A sender with its kept connections. */
export function createPost(addresses: Addresses): Post {
  const options = { keepAlive: true, maxSockets: mostConnections, timeout: idleMs }
  const plain = new HttpAgent(options)
  const secure = new HttpsAgent(options)
  return {
    async send(notification) {
      const url = new URL(notification.endpoint)
      const isSecure = url.protocol === 'https:'
      const host = url.hostname.replace(/^\[|\]$/g, '')
      // Node asks `lookup` for names only.
      if (isIP(host) > 0 && !addresses.mayReach(host, isSecure)) return forbiddenAddress
      const lookup = addresses.lookup(isSecure)
      const request = isSecure ? httpsRequest : httpRequest
      return exchange(notification, (signal) =>
        request(url, {
          method: 'POST',
          agent: isSecure ? secure : plain,
          lookup,
          signal,
          headers: headersOf(notification),
        }),
      )
    },
    close() {
      plain.destroy()
      secure.destroy()
    },
  }
}

const forbiddenAddress: Posted = {
  isDelivered: false,
  reason: 'the endpoint is at an address to which notifications may not be sent',
  isFinal: true,
}

function headersOf({ headers, contentType, body }: Notification): Record<string, string | string[]> {
  const made: Record<string, string | string[]> = {}
  for (const { name, value } of headers.map(readHeader)) {
    const known = made[name]
    made[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value]
  }
  return {
    ...made,
    'content-type': contentType,
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'xinglin',
  }
}

type Open = (signal: AbortSignal) => ReturnType<typeof httpRequest>

function exchange({ body, timeoutMs, stopping }: Notification, open: Open): Promise<Posted> {
  const timeout = AbortSignal.timeout(timeoutMs)
  const signal = stopping ? AbortSignal.any([timeout, stopping]) : timeout
  return new Promise((settle) => {
    const request = open(signal)
    request.on('error', (error: NodeJS.ErrnoException) => settle(failure(error, timeout.aborted, timeoutMs)))
    request.on('response', (response) => drain(response, settle))
    request.end(body)
  })
}

/** A status is enough; the rest is read so that the connection can be used again, up to a limit. */
function drain(response: IncomingMessage, settle: (posted: Posted) => void): void {
  let bytes = 0
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > mostAnswerBytes) response.destroy()
  })
  response.on('error', () => response.destroy())
  settle(judged(response.statusCode ?? 0))
}

function judged(status: number): Posted {
  if (status >= 200 && status < 300) return { isDelivered: true }
  // RFC 9110 §15.5.11: the receiver says that it is gone for good.
  return { isDelivered: false, reason: `the endpoint answered ${status}`, isFinal: status === 410 }
}

function failure({ code }: NodeJS.ErrnoException, isLate: boolean, timeoutMs: number): Posted {
  if (isLate) return failed(`the endpoint did not answer within ${timeoutMs / 1000} s`)
  if (code === 'EACCES') return forbiddenAddress
  return failed(
    `the endpoint cannot be reached (${/^[A-Z0-9_]{2,40}$/.test(code ?? '') ? code : 'no reason'})`,
  )
}

function failed(reason: string): Posted {
  return { isDelivered: false, reason, isFinal: false }
}
