/** How long everything lives that the authorisation server gives, in seconds. */

/** From the redirect to the exchange (RFC 6749 §4.1.2: at most ten minutes). */
export const codeSeconds = 60
/** SMART App Launch 2.2 §token-response: at most an hour; short, for roles may change. */
export const accessTokenSeconds = 900
/** SMART backend services §token-response: at most five minutes. */
export const serviceTokenSeconds = 300
export const idTokenSeconds = 300
/** Choosing a patient and reading what an app asks for. */
export const interactionSeconds = 600
/** Only until the redirect back: each authorisation asks who is there anew. */
export const serverSessionSeconds = 600
/** `offline_access`: a quarter of a year from the last refresh. */
export const offlineSeconds = 90 * 86_400
/** `online_access`: no longer than a session of a person can be. */
export const onlineSeconds = 12 * 3_600
/** SMART App Launch 2.2 §client-confidential-asymmetric: an assertion ends at most five minutes later. */
export const assertionSeconds = 300
/** A signing key is replaced after this long. */
export const keySeconds = 90 * 86_400
/** A replaced key is published until what it signed has ended and caches of clients have been renewed. */
export const keptKeySeconds = 86_400
/** How often a process looks whether another one replaced the key. */
export const keyLookMs = 60_000
