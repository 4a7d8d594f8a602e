/** RFC 9110 §12.5.1 and PS3.18 §8.7.4: what the client can read, from the Accept header or the `accept` parameter. */

export type MediaRange = {
  readonly type: string
  readonly parameters: Readonly<Record<string, string>>
  readonly quality: number
}

/** The ranges in order of preference; everything where nothing was said. */
export function acceptedRanges(
  header: string | undefined,
  parameter: string | undefined,
): readonly MediaRange[] {
  const ranges = splitOutsideQuotes(parameter ?? header ?? '*/*', ',').map(parseMediaType)
  return ranges
    .map((range) => ({ ...range, quality: Number(range.parameters.q ?? '1') }))
    .filter((range) => range.quality > 0)
    .sort((one, other) => other.quality - one.quality)
}

/** A media type with its parameters; names and the type in lower case, quotes taken away. */
export function parseMediaType(text: string): Omit<MediaRange, 'quality'> {
  const [type = '', ...rest] = splitOutsideQuotes(text, ';')
  const parameters = Object.fromEntries(
    rest.map((parameter) => {
      const equals = parameter.indexOf('=')
      const value = parameter.slice(equals + 1).trim()
      return [parameter.slice(0, equals).trim().toLowerCase(), value.replace(/^"(.*)"$/, '$1')]
    }),
  )
  return { type: type.trim().toLowerCase(), parameters }
}

function splitOutsideQuotes(text: string, separator: ',' | ';'): readonly string[] {
  return (text.match(separator === ',' ? /(?:[^,"]|"[^"]*")+/g : /(?:[^;"]|"[^"]*")+/g) ?? []).map((part) =>
    part.trim(),
  )
}

/** The media type inside `multipart/related; type="…"`, else the range's own. */
export function innerType(range: Omit<MediaRange, 'quality'>): string {
  return range.type === 'multipart/related' ? (range.parameters.type ?? '*/*').toLowerCase() : range.type
}
