/** Requests from addresses of one's own choice: on Linux all of 127.0.0.0/8 is this machine, so each attacker has his address. */
import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'

export type Asked = {
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** A form where it is URLSearchParams, else JSON. */
  readonly body?: unknown
}
export type Answered = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly text: string
}
export type Caller = {
  ask(asked: Asked): Promise<Answered>
  close(): void
}

/** One who calls `baseUrl` from a network address, over one kept connection at a time. */
export function callerFrom(baseUrl: string, localAddress: string): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return {
    ask: ({ path, method, headers = {}, body }) =>
      new Promise((settle, fail) => {
        const isForm = body instanceof URLSearchParams
        const payload = body === undefined ? undefined : isForm ? body.toString() : JSON.stringify(body)
        const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json'
        const sent = request(
          new URL(path, baseUrl),
          {
            agent,
            localAddress,
            method: method ?? (payload === undefined ? 'GET' : 'POST'),
            headers: {
              ...(payload === undefined ? {} : { 'content-type': type }),
              'x-xinglin': '1',
              ...headers,
            },
          },
          (answer) => {
            text(answer).then(
              (said) => settle({ status: answer.statusCode ?? 0, headers: answer.headers, text: said }),
              fail,
            )
          },
        )
        sent.on('error', fail)
        sent.end(payload)
      }),
    close: () => agent.destroy(),
  }
}

/** `name=value` of the session cookie that an answer sets; empty where it sets none. */
export function sessionIn(answered: Answered): string {
  return cookieIn(answered, 'xinglin_session')
}

/** `name=value` of a cookie that an answer sets; empty where it sets none. */
export function cookieIn({ headers }: Answered, name: string): string {
  const [cookie = ''] = [headers['set-cookie'] ?? []].flat().filter((line) => line.startsWith(`${name}=`))
  return cookie.split(';')[0] ?? ''
}
