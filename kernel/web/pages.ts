/** The built web pages: hashed files kept by browsers for ever, everything else asked for again, unknown paths to the app. */

import { mkdir } from 'node:fs/promises'
import { basename } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { pageHeaders } from './security-headers.ts'

const oneYearSeconds = 31_536_000
// Vite's names: `index-BxT3a9_k.js`.
const hashedName = /-[\w-]{8}\.\w+$/
const dataPaths = /^\/(?:api|fhir|dicom-web|oauth2|\.well-known|health|metrics)(?:[/?]|$)/

/** Serves the folder `pages` at `/`; the folder may be filled later. */
export async function servePages(http: FastifyInstance, pages: string): Promise<void> {
  await mkdir(pages, { recursive: true })
  http.addHook('onRoute', (route) => {
    if (route.url === '/*') route.config = { ...route.config, access: 'page' }
  })
  await http.register(fastifyStatic, {
    root: pages,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => void reply.headers({ ...pageHeaders, 'cache-control': cachingOf(path) }),
  })
}

function cachingOf(path: string): string {
  const name = basename(path).replace(/\.(?:gz|br)$/, '')
  return hashedName.test(name) ? `public, max-age=${oneYearSeconds}, immutable` : 'no-cache'
}

/** Whether an unknown address is one of the app's own screens, which `index.html` draws. */
export function isScreen(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  return !dataPaths.test(request.url) && /text\/html/.test(request.headers.accept ?? '')
}
