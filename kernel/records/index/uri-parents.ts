/** FHIR R4 §3.1.1.4.14: what a uri stands below, path segment by path segment; a urn stands below nothing but itself. */

const hierarchical = /^[a-z][a-z0-9+.-]*:\/\/[^/]/i
/** Longer paths are no hierarchy that anybody asks for. */
const mostParents = 20

/** `http://a/b/c` → itself, `http://a/b` and `http://a`; a slash at the end means nothing. */
export function uriAndParents(uri: string): readonly string[] {
  const whole = withoutSlash(uri)
  if (!hierarchical.test(whole)) return [whole]
  const host = whole.indexOf('://') + 3
  const found = [whole]
  let cut = whole.lastIndexOf('/')
  while (cut > host && found.length < mostParents) {
    found.push(whole.slice(0, cut))
    cut = whole.lastIndexOf('/', cut - 1)
  }
  return found
}

/** The form in which a place of the hierarchy is compared. */
export function withoutSlash(uri: string): string {
  return uri.endsWith('/') ? uri.slice(0, -1) : uri
}
