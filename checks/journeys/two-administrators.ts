/** What takes two people: an app is let in by an administrator who did not register it. */
import assert from 'node:assert/strict'
import type { Platform } from '@xinglin/client'
import type { Page } from 'playwright-core'

/** A second person with the same role, as `fetch` of his own session. */
export async function secondAdministrator(
  page: Page,
  platform: Platform,
): Promise<(path: string, body: object) => Promise<number>> {
  const made = await page.evaluate(async () => {
    const answer = await fetch('/api/administration/people', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-xinglin': '1' },
      body: JSON.stringify({ login: 'second.admin', display: '第二管理员', roles: ['administrator'] }),
    })
    return (await answer.json()) as { oneTimePassword: string }
  })
  const call = async (path: string, body: object, cookie = '') =>
    fetch(`${platform.baseUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-xinglin': '1', cookie },
      body: JSON.stringify(body),
    })
  const first = await call('/api/session', { login: 'second.admin', password: made.oneTimePassword })
  const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const next = 'Second-Willow-58'
  const changed = await call('/api/session/password', { current: made.oneTimePassword, next }, cookie)
  assert.equal(changed.status, 204)
  const own = changed.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  return async (path, body) => (await call(path, body, own)).status
}

/** The second administrator lets an app, or its change, stand. */
export async function approve(
  second: (path: string, body: object) => Promise<number>,
  id: string,
): Promise<void> {
  const status = await second(`/api/app-registry/apps/${id}/approve`, { reason: 'looked at what it asks' })
  assert.equal(status, 204)
}
