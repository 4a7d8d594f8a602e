/** What the address says when a provider of the institution sends somebody back, and the addresses that lead to it. */

/** Under which sign-in by others lies. */
export const upstreamPath = '/api/session/upstream'

export type Offered = {
  readonly id: string
  readonly kind: 'oidc' | 'ldap'
  readonly title: { readonly zh: string; readonly en: string }
}

/** How somebody came back from a provider: refused with a code, or with the second factor still to come. */
export type CameBack = {
  readonly provider: string
  readonly failure?: string
  /** The second factor is still to come. */
  readonly isAwaited: boolean
  /** The address that was asked for first. */
  readonly back: string
}

const ownNames = ['sign-in', 'failure', 'awaits', 'back'] as const

/** Undefined where the address is of no such return. */
export function cameBack(search: string): CameBack | undefined {
  const asked = new URLSearchParams(search)
  const provider = asked.get('sign-in')
  if (provider === null) return undefined
  const failure = asked.get('failure')
  return {
    provider,
    isAwaited: asked.has('awaits'),
    ...(failure === null ? {} : { failure }),
    back: ownPath(asked.get('back')),
  }
}

/** The path of a page of ours; the first page for all else (OWASP unvalidated redirects). */
export function ownPath(asked: string | null): string {
  return asked !== null && /^\/([^/\\]|$)/.test(asked) && !/[\\\p{Cc}\s]/u.test(asked) ? asked : '/'
}

/** Where to come back to: the address that was asked for, without what a provider's return added. */
export function addressAsked({ pathname, search }: Pick<Location, 'pathname' | 'search'>): string {
  const returned = cameBack(search)
  if (returned) return returned.back
  const asked = new URLSearchParams(search)
  for (const name of ownNames) asked.delete(name)
  return asked.size > 0 ? `${pathname}?${asked}` : pathname
}

/** An invitation stands in the fragment, which browsers send to no server (RFC 3986 §3.5). */
export function invitationIn(hash: string): string | undefined {
  return new URLSearchParams(hash.replace(/^#/, '')).get('invitation') ?? undefined
}

/** Begins a sign-in at a provider. */
export function startAddress(
  provider: string,
  asked: { readonly back: string; readonly invitation?: string; readonly login?: string },
): string {
  const query = new URLSearchParams({
    back: asked.back,
    ...(asked.invitation === undefined ? {} : { invitation: asked.invitation }),
    ...(asked.login === undefined ? {} : { login_hint: asked.login }),
  })
  return `${upstreamPath}/${encodeURIComponent(provider)}/start?${query}`
}
