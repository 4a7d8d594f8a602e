/** NDJSON (ndjson.org): one value a line, in batches, each with the place at which the next line begins. */
import { bytesPerBatch, linesPerBatch, mostLineBytes } from '../limits.ts'

/** A line, without its end; `isTooLong` where it was longer than a resource may be and its bytes were let go. */
export type Line = { readonly number: number; readonly bytes: Uint8Array; readonly isTooLong: boolean }
export type Batch = {
  readonly lines: readonly Line[]
  readonly nextByte: number
  readonly nextLine: number
}

const newLine = 0x0a

/** Batches of lines that hold anything; `startByte` and `startLine` are where the first chunk begins. */
export async function* readBatches(
  chunks: AsyncIterable<Uint8Array>,
  { startByte, startLine }: { readonly startByte: number; readonly startLine: number },
): AsyncGenerator<Batch, void, undefined> {
  let [lines, bytes]: [Line[], number] = [[], 0]
  let [nextByte, nextLine] = [startByte, startLine]
  for await (const piece of readLines(chunks)) {
    nextByte += piece.length
    const number = nextLine
    nextLine += 1
    if (!piece.isTooLong && isBlank(piece.bytes)) continue
    lines.push({ number, bytes: piece.bytes, isTooLong: piece.isTooLong })
    bytes += piece.bytes.length
    if (lines.length < linesPerBatch && bytes < bytesPerBatch) continue
    yield { lines, nextByte, nextLine }
    ;[lines, bytes] = [[], 0]
  }
  yield { lines, nextByte, nextLine }
}

/** `length` counts the end of the line. */
type Piece = { readonly bytes: Uint8Array; readonly length: number; readonly isTooLong: boolean }

async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Piece, void, undefined> {
  let held: Uint8Array[] = []
  let heldBytes = 0
  let droppedBytes = 0
  const take = (): Piece => {
    const piece = {
      bytes: Buffer.concat(held),
      length: heldBytes + droppedBytes,
      isTooLong: droppedBytes > 0,
    }
    held = []
    heldBytes = 0
    droppedBytes = 0
    return piece
  }
  const hold = (part: Uint8Array) => {
    if (heldBytes + part.length > mostLineBytes) {
      droppedBytes += heldBytes + part.length
      held = []
      heldBytes = 0
      return
    }
    held.push(part)
    heldBytes += part.length
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(newLine); end >= 0; end = chunk.indexOf(newLine, start)) {
      hold(chunk.subarray(start, end))
      const piece = take()
      yield { ...piece, length: piece.length + 1 }
      start = end + 1
    }
    // The memory of a chunk may be used again by whoever gave it.
    if (start < chunk.length) hold(new Uint8Array(chunk.subarray(start)))
  }
  if (heldBytes + droppedBytes > 0) yield take()
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}
