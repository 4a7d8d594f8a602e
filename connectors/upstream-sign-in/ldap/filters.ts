/** What people type goes into filters (RFC 4515 §3) and names (RFC 4514 §2.4) as values, never as syntax. */

/** `{login}` and other placeholders of a filter replaced; each character with a meaning is written as its bytes. */
export function filledFilter(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? escapedForFilter(values[name] ?? '') : whole,
  )
}

/** RFC 4515 §3: `*`, brackets, backslash, NUL and other controls as their bytes; letters of any language stand as they are. */
function escapedForFilter(value: string): string {
  return value.replaceAll(/[*()\\\p{Cc}]/gu, (each) => bytesOf(Buffer.from(each)))
}

function bytesOf(value: Uint8Array): string {
  return [...value].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')
}

/**
 * `{login}` in the name to bind by. In a distinguished name it is one value; in `{login}@domain` it has no character of a
 * name in another domain.
 */
export function filledName(template: string, login: string): string | undefined {
  const isName = template.includes('=')
  if (!isName && !/^[\p{L}\p{Nd}._-]+$/u.test(login)) return undefined
  return template.replaceAll('{login}', () => (isName ? escapedForName(login) : login))
}

/** RFC 4514 §2.4. */
function escapedForName(value: string): string {
  return value
    .replaceAll(/[\\,+"<>;=#/]/g, (each) => bytesOf(Buffer.from(each)))
    .replaceAll(/\p{Cc}/gu, (each) => bytesOf(Buffer.from(each)))
    .replace(/^ | $/g, '\\20')
}

/** Whether an entry lies below a base, both as directories write them: case and blanks after commas mean nothing. */
export function isBelow(name: string, base: string): boolean {
  const plain = (each: string) => each.toLowerCase().replaceAll(/\s*([,=+])\s*/g, '$1')
  return plain(name).endsWith(`,${plain(base)}`) || plain(name) === plain(base)
}
