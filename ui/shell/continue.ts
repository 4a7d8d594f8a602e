/** After signing in, the browser goes back to the page that asked who is there: the consent to an app, and no other. */

/** Paths that may be gone on to; one of another site would be an open redirect. */
const allowed = /^\/oauth2\/interaction\/[\w-]{1,64}$/

/** Leaves the page for the path in `?continue=`; false where there is none that may be gone on to. */
export function continueElsewhere(place: Pick<Location, 'search' | 'assign'>): boolean {
  const path = new URLSearchParams(place.search).get('continue')
  if (path === null || !allowed.test(path)) return false
  place.assign(path)
  return true
}
