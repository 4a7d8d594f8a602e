/** RFC 2046 §5.1.1 read as a stream: each part's bytes are given while they come, whatever its size. */
import { invalid } from '@xinglin/fhir'

export type IncomingPart = {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Must be read to its end before the next part is asked for; what is left is passed over. */
  readonly bytes: AsyncIterable<Uint8Array>
}

/** Headers of one part; real ones are under 500 bytes. */
const maxHeaderBytes = 8 * 1024
const maxBoundaryCharacters = 200
const blankLine = Buffer.from('\r\n\r\n')

/** The parts of a body. Throws `invalid` where the body breaks off or has no boundary. */
export async function* readMultipart(
  body: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<IncomingPart> {
  if (boundary === '' || boundary.length > maxBoundaryCharacters)
    throw malformed('no usable boundary is given')
  const source = body[Symbol.asyncIterator]()
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  // The first delimiter has no line end before it where there is no preamble.
  let held = Buffer.from('\r\n')
  const more = async (): Promise<boolean> => {
    const next = await source.next()
    if (next.done) return false
    held = held.length === 0 ? Buffer.from(next.value) : Buffer.concat([held, next.value])
    return true
  }
  const need = async (): Promise<void> => {
    if (!(await more())) throw malformed('the body breaks off')
  }

  /** Bytes up to the next delimiter, which is taken away. */
  async function* untilDelimiter(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const found = held.indexOf(delimiter)
      const safe = found >= 0 ? found : Math.max(0, held.length - delimiter.length + 1)
      const given = held.subarray(0, safe)
      held = held.subarray(found >= 0 ? found + delimiter.length : safe)
      if (given.length > 0) yield given
      if (found >= 0) return
      await need()
    }
  }

  async function headers(): Promise<Readonly<Record<string, string>>> {
    for (;;) {
      const end = held.indexOf(blankLine)
      if (end >= 0) {
        const text = held.toString('latin1', 0, end)
        held = held.subarray(end + blankLine.length)
        return parseHeaders(text)
      }
      if (held.length > maxHeaderBytes) throw malformed('the headers of a part are too long')
      await need()
    }
  }

  for await (const _preamble of untilDelimiter());
  for (;;) {
    while (held.length < 2) await need()
    if (held.toString('latin1', 0, 2) === '--') return
    const part = untilDelimiter()
    yield { headers: await headers(), bytes: part }
    for await (const _rest of part);
  }
}

function parseHeaders(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text
      .split('\r\n')
      .filter((line) => line.includes(':'))
      .map((line) => [
        line.slice(0, line.indexOf(':')).trim().toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
  )
}

const malformed = (what: string) => invalid(`multipart body: ${what}`, { code: 'dicom-web.multipart' })
