/** Where a refused field (`PID-3`, `OBX[2]-5.1`, `PV1`) stands in the text of an HL7 message. */

/** Offsets into the text; an empty field is marked with its separator, a segment that is missing not at all. */
export function markedField(
  text: string,
  at: string,
): { startOffset: number; endOffset: number } | undefined {
  const match = /^([A-Z][A-Z0-9]{2})(?:\[(\d+)\])?(?:-(\d+))?/.exec(at)
  if (!match?.[1]) return undefined
  const segment = segmentAt(text, match[1], Number(match[2] ?? 1))
  if (!segment || match[3] === undefined) return segment
  return fieldAt(text, segment, Number(match[3]))
}

type Span = { readonly startOffset: number; readonly endOffset: number }

function segmentAt(text: string, name: string, occurrence: number): Span | undefined {
  let seen = 0
  for (const match of text.matchAll(/[^\r\n]+/g)) {
    if (!match[0].startsWith(name)) continue
    seen += 1
    if (seen === occurrence) return { startOffset: match.index, endOffset: match.index + match[0].length }
  }
  return undefined
}

/** MSH-1 is the separator itself, so the header's fields stand one separator earlier. */
function fieldAt(text: string, segment: Span, field: number): Span {
  const separator = text.charAt(text.indexOf('MSH') + 3) || '|'
  const isHeader = text.startsWith('MSH', segment.startOffset)
  let startOffset = segment.startOffset
  for (let separators = isHeader ? field - 1 : field; separators > 0; separators--) {
    const next = text.indexOf(separator, startOffset)
    if (next < 0 || next >= segment.endOffset)
      return { startOffset: segment.endOffset, endOffset: segment.endOffset }
    startOffset = next + 1
  }
  const end = text.indexOf(separator, startOffset)
  const endOffset = end < 0 || end > segment.endOffset ? segment.endOffset : end
  return endOffset > startOffset
    ? { startOffset, endOffset }
    : { startOffset: startOffset - 1, endOffset: startOffset }
}
