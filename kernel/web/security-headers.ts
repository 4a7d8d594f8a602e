/** Headers that tell browsers to be strict (W3C CSP Level 3, Fetch §3.6 CORP, HTML §7.1.3 COOP). */

import type { FastifyInstance } from 'fastify'

// Ant Design writes its styles into the page at run time, hence inline styles; the viewer compiles WebAssembly codecs
// and starts its decoders from blob URLs. Scripts come from our own files only.
const pagePolicy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  "connect-src 'self' blob: data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const dataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"

const always = {
  'x-content-type-options': 'nosniff',
  // Addresses of ours carry ids of patients' records.
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
} as const

const dataHeaders = { ...always, 'content-security-policy': dataPolicy, 'cache-control': 'no-store' } as const

/** Headers of a built page or one of its files; caching is the page server's to say. */
export const pageHeaders = { ...always, 'content-security-policy': pagePolicy } as const

/** Sets the headers of data on every answer; pages replace them by `pageHeaders`. */
export function secureAnswers(http: FastifyInstance): void {
  http.addHook('onRequest', async (request, reply) => {
    reply.headers(dataHeaders)
    if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000')
  })
}
