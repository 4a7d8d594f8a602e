/** RFC 2387 multipart/related as a stream: parts are asked for one after the other and never held together. */
import { Readable } from 'node:stream'

export type Part = {
  readonly contentType: string
  readonly location?: string
  readonly bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** A body of these parts; `boundary` must not occur in them, so it is made of a new id. */
export function multipartBody(parts: AsyncIterable<Part> | Iterable<Part>, boundary: string): Readable {
  return Readable.from(write(parts, boundary), { objectMode: false })
}

async function* write(
  parts: AsyncIterable<Part> | Iterable<Part>,
  boundary: string,
): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    const location = part.location ? `\r\nContent-Location: ${part.location}` : ''
    yield Buffer.from(`--${boundary}\r\nContent-Type: ${part.contentType}${location}\r\n\r\n`, 'latin1')
    yield* part.bytes
    yield Buffer.from('\r\n', 'latin1')
  }
  yield Buffer.from(`--${boundary}--\r\n`, 'latin1')
}

/** The Content-Type of such a body. */
export function multipartType(type: string, boundary: string): string {
  return `multipart/related; type="${type}"; boundary=${boundary}`
}
