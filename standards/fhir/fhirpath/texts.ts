/** FHIRPath §5.6 functions of texts, without the patterns: one from outside can take for ever. */

export const textFunctions: ReadonlySet<string> = new Set([
  ...['upper', 'lower', 'trim', 'length', 'substring', 'indexOf', 'replace', 'split', 'join', 'toString'],
])

type Computed = string | number | boolean

/** What the function makes of the values; empty where it is given what it does not take (§5.6). */
export function ofTexts(
  name: string,
  values: readonly unknown[],
  args: readonly unknown[],
): readonly Computed[] {
  if (name === 'join') return [values.filter(isText).join(isText(args[0]) ? args[0] : '')]
  const [value] = values
  if (name === 'toString') return isComputed(value) ? [String(value)] : []
  const [first, second] = args
  if (name === '+' && typeof value === 'number' && typeof first === 'number') return [value + first]
  return isText(value) ? ofText(name, value, { first, second }) : []
}

type Given = { readonly first: unknown; readonly second: unknown }

function ofText(name: string, text: string, { first, second }: Given): readonly Computed[] {
  switch (name) {
    case 'upper':
      return [text.toUpperCase()]
    case 'lower':
      return [text.toLowerCase()]
    case 'trim':
      return [text.trim()]
    case 'length':
      return [text.length]
    case 'substring':
      return partOf(text, first, second)
    case 'indexOf':
      return isText(first) ? [text.indexOf(first)] : []
    case 'replace':
      return isText(first) && isText(second) ? [text.replaceAll(first, () => second)] : []
    case 'split':
      return isText(first) ? text.split(first) : []
    case '+':
      return isText(first) ? [text + first] : []
    default:
      return []
  }
}

/** §5.6.2: empty where it begins outside of the text. */
function partOf(text: string, start: unknown, length: unknown): readonly string[] {
  if (typeof start !== 'number' || start < 0 || start >= text.length) return []
  return [typeof length === 'number' ? text.slice(start, start + Math.max(length, 0)) : text.slice(start)]
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isComputed(value: unknown): value is Computed {
  return isText(value) || typeof value === 'number' || typeof value === 'boolean'
}
