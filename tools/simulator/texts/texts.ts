/**
 * A simulated provider of text messages: takes what the door of texts sends and shows it on a page that says that nothing was
 * sent to anybody. It keeps the newest hundred in memory and writes none of them down.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

const kept = 100
const mostBytes = 16 * 1024

type Text = { readonly id: string; readonly to: string; readonly text: string; readonly at: string }

export type TextsSimulator = { readonly url: string; stop(): Promise<void> }

/** Listens on the loopback interface (port 0: any free one); `GET /` is the page, `GET /messages` the same as JSON, `POST /messages` the provider. */
export async function startTexts(port: number): Promise<TextsSimulator> {
  const texts: Text[] = []
  const server = createServer((request, response) => {
    answer(texts, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((settle, fail) => {
    server.once('error', fail)
    server.listen(port, '127.0.0.1', settle)
  })
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((settle) => server.close(settle))
    },
  }
}

async function answer(texts: Text[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method } = request
  const path = new URL(request.url ?? '/', 'http://localhost').pathname
  if (method === 'POST' && path === '/messages') return take(texts, request, response)
  if (method === 'GET' && path === '/messages')
    return send(response, 'application/json', JSON.stringify({ isSimulated: true, messages: texts }))
  if (method === 'GET' && path === '/') return send(response, 'text/html; charset=utf-8', page(texts))
  response.statusCode = 404
  response.end()
}

async function take(texts: Text[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const given = textIn(await bodyOf(request))
  if (!given) {
    response.statusCode = 400
    response.end()
    return
  }
  // The same message again after a lost answer is one message.
  if (!texts.some(({ id }) => id === given.id)) texts.unshift({ ...given, at: new Date().toISOString() })
  texts.splice(kept)
  send(response, 'application/json', JSON.stringify({ id: `simulated-${given.id}` }))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > mostBytes) return ''
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function textIn(body: string): Omit<Text, 'at'> | undefined {
  try {
    const { id, to, text } = JSON.parse(body)
    return [id, to, text].every((each) => typeof each === 'string') ? { id, to, text } : undefined
  } catch {
    // Whatever is no JSON is no message.
    return undefined
  }
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, {
    'content-type': type,
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  })
  response.end(body)
}

function page(texts: readonly Text[]): string {
  const rows = texts.map(
    ({ at, to, text }) => `<li><small>${escaped(at)} → ${escaped(to)}</small><p>${escaped(text)}</p></li>`,
  )
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="3"><title>模拟短信 Simulated texts</title>
<style>body{font:16px sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}li{list-style:none;border-top:1px solid #ccc;padding:.5rem 0}ul{padding:0}b{color:#b00}</style>
<h1>模拟短信 Simulated texts</h1><p><b>没有向任何人发送。Nothing was sent to anybody.</b></p>
<ul>${rows.join('') || '<li>还没有短信 None yet</li>'}</ul></html>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
