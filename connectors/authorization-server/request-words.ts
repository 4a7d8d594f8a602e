/**
 * Authorisation requests as oidc-provider is to read them (OpenID Connect Core 1.0 §3.1.2.1, §11), whether they came in
 * an address, a form (§3.1.2.1) or ahead of time (RFC 9126). Two parameters of ours say what was changed.
 */

/** `prompt=none` was asked: nothing may be shown, so the page that looks who is there ends in an error instead. */
export const quietly = 'xinglin_quiet'
/** The consent prompt was added here for `offline_access`, so an agreement of before is enough. */
export const consentAdded = 'xinglin_consent_added'

/**
 * The request with `prompt` as oidc-provider needs it. Only our page can see the session (its cookie comes with no
 * cross-site request), so `none` is kept for it; `offline_access` needs a consent prompt, which SMART apps do not send.
 */
export function readable(given: URLSearchParams): URLSearchParams {
  const asked = new URLSearchParams(given)
  for (const own of [quietly, consentAdded]) asked.delete(own)
  // Told twice is refused by oidc-provider in its own words.
  if (asked.getAll('prompt').length > 1) return asked
  const prompts = wordsIn(asked.get('prompt'))
  if (prompts.length === 1 && prompts[0] === 'none') {
    asked.delete('prompt')
    asked.set(quietly, '1')
    return asked
  }
  const isOffline = wordsIn(asked.get('scope')).includes('offline_access')
  if (!isOffline || prompts.includes('consent') || prompts.includes('none')) return asked
  asked.set('prompt', [...prompts, 'consent'].join(' '))
  asked.set(consentAdded, '1')
  return asked
}

function wordsIn(text: string | null): readonly string[] {
  return (text ?? '').split(' ').filter((word) => word !== '')
}
