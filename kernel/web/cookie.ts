/** RFC 6265: the session cookie, read and written. */

/** Name of the session cookie of staff. */
export const sessionCookie = 'xinglin_session'
/** Name of the session cookie of the patients' realm: the two never stand for one another. */
export const patientCookie = 'xinglin_patient'

/** Name of the cookie by which a browser is a shared terminal; it opens nothing by itself. */
export const terminalCookie = 'xinglin_terminal'

/** Name of the cookie by which a browser is known to people who showed a second factor there; it opens nothing by itself. */
export const deviceCookie = 'xinglin_device'

/** The value of a cookie in a `Cookie` header (RFC 6265 §4.2.1); undefined where it is not there. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (!header) return undefined
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return undefined
}

/** A `Set-Cookie` value for a token (§4.1), until the browser closes or for `lifeSeconds`; without a token it removes the cookie. */
export function writeSessionCookie(
  token: string | undefined,
  options: { readonly isSecure: boolean; readonly name?: string; readonly lifeSeconds?: number },
): string {
  const value = `${options.name ?? sessionCookie}=${token ?? ''}; Path=/; HttpOnly; SameSite=Strict`
  const secured = options.isSecure ? `${value}; Secure` : value
  if (token === undefined) return `${secured}; Max-Age=0`
  return options.lifeSeconds === undefined ? secured : `${secured}; Max-Age=${options.lifeSeconds}`
}
