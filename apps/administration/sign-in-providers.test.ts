/** The screen of sign-in by others over HTTP: kept without its secret, tried, mapped with a look before, refused without the right. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testKernel } from '@xinglin/testkit'
import { administration } from './app.ts'

const password = 'Heron-47-lake'
const directory = {
  ...{ zh: '医院目录', en: 'Hospital directory', kind: 'ldap', joining: 'auto', secret: 'searching-9' },
  settings: {
    ...{ servers: ['ldaps://directory.invalid'], startTls: false, bind: 'search' },
    ...{ bindDn: 'cn=reader,dc=hospital', baseDn: 'ou=people,dc=hospital', userFilter: '(uid={login})' },
    ...{ subjectAttribute: 'entryUUID', loginAttribute: 'uid', displayAttribute: 'cn', groups: 'search' },
    ...{ groupBaseDn: 'ou=groups,dc=hospital', groupFilter: '(member={dn})', groupNameAttribute: 'cn' },
    nestedDepth: 5,
  },
}

test('a provider is set, its groups are tried and mapped, and its secret is never told', async () => {
  const { web, identity } = await testKernel({ apps: [administration] })
  await identity.ensureAdministrator({ password })
  const { token, actor } = await identity.accounts.signIn({ login: 'admin', password })
  const call = async (method: 'GET' | 'POST' | 'PUT', path: string, payload?: object) => {
    const answer = await web.http.inject({
      ...{ method, url: `/api/administration/sign-in-providers${path}`, payload },
      headers: { cookie: `xinglin_session=${token}`, 'x-xinglin': '1' },
    })
    return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
  }
  assert.deepEqual(await call('GET', ''), { status: 200, body: { providers: [] } })

  const wrong = { ...directory, settings: { ...directory.settings, servers: ['directory'] } }
  const refused = await call('PUT', '/house', wrong)
  assert.deepEqual([refused.status, refused.body.issue[0].expression], [400, ['servers']])

  assert.equal((await call('PUT', '/house', directory)).status, 204)
  const { body: listed } = await call('GET', '')
  assert.ok(!JSON.stringify(listed).includes('searching-9'))
  const { changed: _, settings: kept, ...row } = listed.providers[0]
  assert.deepEqual(row, {
    ...{ id: 'house', kind: 'ldap', title: { zh: '医院目录', en: 'Hospital directory' }, joining: 'auto' },
    ...{ isEnabled: false, allowsAdministrators: false, localPasswords: 'kept', hasSecret: true, people: 0 },
  })
  assert.deepEqual(kept, directory.settings)

  const mappings = [{ group: 'Wards', role: 'nurse' }]
  assert.deepEqual(await call('POST', '/house/preview', { mappings, groups: ['wards', 'Chess'] }), {
    status: 200,
    body: { roles: [{ role: 'nurse', groups: ['wards'] }], withheld: [], unmapped: ['Chess'] },
  })
  assert.equal((await call('POST', '/house/mappings', { mappings })).status, 400)
  assert.equal((await call('POST', '/house/mappings', { mappings, reason: 'agreed with IT' })).status, 204)
  assert.deepEqual((await call('GET', '/house/mappings')).body, { mappings })
  const administrators = [{ group: 'Wards', role: 'administrator' }]
  const given = await call('POST', '/house/mappings', { mappings: administrators, reason: 'for the test' })
  assert.equal(given.status, 403)

  assert.deepEqual((await call('GET', '/house/people')).body, { people: [] })
  assert.deepEqual((await call('GET', '/house/failures')).body, { failures: [] })

  const nurse = await identity.people.create(actor, { login: 'lin', display: '林梅', roles: ['nurse'] })
  const invited = await call('POST', '/house/invite', { login: 'lin', reason: 'to be linked' })
  assert.equal(invited.status, 200)
  assert.match(invited.body.code, /^[\w-]{10,}$/)
  assert.notEqual(nurse.id, undefined)

  assert.equal((await call('POST', '/house/remove', { reason: 'no longer used' })).status, 204)
  assert.deepEqual((await call('GET', '')).body, { providers: [] })
})
