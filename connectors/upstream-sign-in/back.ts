/** Where to go on after signing in: paths of our own pages alone (OWASP unvalidated redirects). */

const maxPathCharacters = 500

/** The path where it is one of our pages, else the first page. */
export function safePath(asked: unknown): string {
  if (typeof asked !== 'string' || asked.length > maxPathCharacters) return '/'
  // Browsers read a backslash as a slash and skip control characters.
  if (!/^\/[^/\\]|^\/$/.test(asked) || /[\\\p{Cc}\s]/u.test(asked)) return '/'
  const base = 'http://platform.invalid'
  const url = URL.canParse(asked, base) ? new URL(asked, base) : undefined
  if (url?.origin !== base || url.pathname.startsWith('/api/')) return '/'
  return `${url.pathname}${url.search}`
}
