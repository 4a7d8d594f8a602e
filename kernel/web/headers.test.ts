/** Headers read and written: cookies, bearer tokens, accepted codings. */

import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { credentialsOf } from './actor.ts'
import { takesGzip } from './compress.ts'
import { readCookie, writeSessionCookie } from './cookie.ts'

test('a cookie is found among others, and only under its whole name', () => {
  equal(readCookie('a=1; xinglin_session=abc; b=2', 'xinglin_session'), 'abc')
  equal(readCookie('not_xinglin_session=abc', 'xinglin_session'), undefined)
  equal(readCookie('xinglin_session', 'xinglin_session'), undefined)
  equal(readCookie(undefined, 'xinglin_session'), undefined)
})

test('the session cookie is kept from scripts and foreign pages, and from plain HTTP where HTTPS is used', () => {
  equal(
    writeSessionCookie('abc', { isSecure: false }),
    'xinglin_session=abc; Path=/; HttpOnly; SameSite=Strict',
  )
  equal(
    writeSessionCookie('abc', { isSecure: true }),
    'xinglin_session=abc; Path=/; HttpOnly; SameSite=Strict; Secure',
  )
  equal(
    writeSessionCookie(undefined, { isSecure: false }),
    'xinglin_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0',
  )
})

test('a bearer token goes before a session cookie; another scheme is no token', () => {
  const cookie = 'xinglin_session=abc'

  deepEqual(credentialsOf({ authorization: 'Bearer x.y-z', cookie }), { kind: 'bearer', token: 'x.y-z' })
  deepEqual(credentialsOf({ authorization: 'Basic eDp5', cookie }), { kind: 'session', token: 'abc' })
  deepEqual(credentialsOf({ authorization: 'Bearer two words' }), { kind: 'none' })
  deepEqual(credentialsOf({}), { kind: 'none' })
})

test('gzip is sent to whom takes it', () => {
  for (const header of ['gzip', 'br, gzip', 'gzip;q=0.5', '*']) equal(takesGzip(header), true, header)
  for (const header of [undefined, '', 'br', 'gzip;q=0', 'identity', 'gzip; q=0.0, br'])
    equal(takesGzip(header), false, header)
})
