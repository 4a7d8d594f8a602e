/** A plain keep-alive HTTP client: what a benchmark's client costs must not hide what the server costs. */
import { Agent, request } from 'node:http'

export type HttpAnswer = { readonly status: number; readonly body: Buffer }
export interface HttpClient {
  send(method: string, path: string, body?: string | Buffer): Promise<HttpAnswer>
  close(): void
}

export function createHttpClient(options: { port: number; connections: number; token: string }): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections })
  const headers = {
    authorization: `Bearer ${options.token}`,
    accept: 'application/fhir+json',
    prefer: 'return=minimal',
  }
  return {
    send: (method, path, body) =>
      new Promise((resolve, reject) => {
        const content =
          body === undefined
            ? {}
            : { 'content-type': 'application/fhir+json', 'content-length': Buffer.byteLength(body) }
        const outgoing = request({
          agent,
          port: options.port,
          host: '127.0.0.1',
          method,
          path,
          headers: { ...headers, ...content },
        })
        outgoing.on('error', reject)
        outgoing.on('response', (incoming) => {
          const parts: Buffer[] = []
          incoming.on('data', (part: Buffer) => parts.push(part))
          incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(parts) }))
          incoming.on('error', reject)
        })
        outgoing.end(body)
      }),
    close: () => agent.destroy(),
  }
}
