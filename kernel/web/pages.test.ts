/** Built pages: hashed files kept for ever, the screen's own addresses answered by the one page, data addresses never. */

import { equal, match } from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { testKernel } from '@xinglin/testkit'
import { createWeb } from './web.ts'

const { identity, events, runtime } = await testKernel()
const pages = await mkdtemp(join(tmpdir(), 'xinglin-pages-'))
await writeFile(join(pages, 'index.html'), '<!doctype html><title>杏林</title>')
await writeFile(join(pages, 'index-BxT3a9_k.js'), 'console.log(1)')
await writeFile(join(pages, 'index-BxT3a9_k.js.gz'), gzipSync('console.log(1)'))
const { http, close } = await createWeb({ identity, events, runtime, bind: '127.0.0.1', port: 0, pages })
after(async () => {
  await close()
  await rm(pages, { recursive: true })
})

test('a hashed file is kept by browsers for a year, and given compressed', async () => {
  const file = await http.inject({ url: '/index-BxT3a9_k.js', headers: { 'accept-encoding': 'gzip' } })

  equal(file.statusCode, 200)
  equal(file.headers['cache-control'], 'public, max-age=31536000, immutable')
  equal(file.headers['content-encoding'], 'gzip')
  match(String(file.headers['content-type']), /javascript/)
})

test('the page itself is asked for again each time, under a strict policy for scripts', async () => {
  const page = await http.inject('/')

  equal(page.statusCode, 200)
  equal(page.headers['cache-control'], 'no-cache')
  match(String(page.headers['content-security-policy']), /script-src 'self' 'wasm-unsafe-eval';/)
})

test('the address of a screen is answered by the page; of data, of a missing file or for a program it is not', async () => {
  const html = { accept: 'text/html' }

  match((await http.inject({ url: '/patients/1/results?tab=labs', headers: html })).body, /杏林/)
  equal((await http.inject({ url: '/api/nowhere', headers: html })).statusCode, 404)
  equal((await http.inject({ url: '/fhir/R4/Patient', headers: html })).statusCode, 404)
  equal((await http.inject('/old-ABCDEFGH.js')).statusCode, 404)
  equal((await http.inject({ method: 'POST', url: '/patients', headers: html, payload: {} })).statusCode, 401)
})

for (const url of ['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json', '/.%00/x', '/%c0%ae/'])
  test(`no path leads out of the folder: ${url}`, async () => {
    const answer = await http.inject(url)

    match(String(answer.statusCode), /^4\d\d$/)
    match(answer.body, /OperationOutcome/)
  })
