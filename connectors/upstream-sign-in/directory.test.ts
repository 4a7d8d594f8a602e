/** Signing in by a directory: the same sentences on OpenLDAP, where it is installed, and on a small server over sockets. */
import { deepEqual, equal } from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { LdapSettings } from '@xinglin/identity'
import { createAddresses } from '@xinglin/web'
import { disableLeavers } from './ldap/leavers.ts'
import { createBrowser } from './testing/browser.ts'
import { makeCertificate } from './testing/certificate.ts'
import { ldapProvider, testHospital } from './testing/hospital.ts'
import { people, suffix } from './testing/people-of-hospital.ts'
import { startSlapd, withoutSlapd } from './testing/slapd.ts'
import { startSmallDirectory } from './testing/small-directory.ts'
import type { TestDirectory } from './testing/test-directory.ts'

const certificate = await makeCertificate()
const nursing = ['nurses', 'nursing', 'ring', 'ward-3-nurses']
const mappings = [
  { group: 'doctors', role: 'clinician' },
  { group: 'ward-3-nurses', role: 'nurse' },
  { group: 'nursing', role: 'technician' },
]

type Answer = {
  readonly display?: string
  readonly roles?: readonly string[]
  readonly issue?: readonly { details: { coding: { code: string }[] } }[]
}

const servers = [
  { name: 'a small server', skip: false as string | false, start: startSmallDirectory },
  { name: 'OpenLDAP', skip: withoutSlapd, start: startSlapd },
]

for (const { name, skip, start } of servers) {
  const hospital = skip === false ? await testHospital() : undefined
  describe(name, { skip }, () => {
    if (!hospital) return
    const { home, upstream, administrator, kernel } = hospital
    async function signIn(provider: string, login: string, password: string): Promise<string> {
      const { status, body } = await createBrowser(home).call(`/api/session/upstream/${provider}`, {
        method: 'POST',
        body: { login, password },
      })
      const { display, roles, issue } = body as Answer
      return issue ? `${status} ${issue[0]?.details.coding[0]?.code}` : `${display}: ${roles?.join(' ')}`
    }
    let directory: TestDirectory
    before(async () => {
      directory = await start(certificate)
    })
    after(() => directory?.stop())

    const set = async (id: string, settings: Partial<LdapSettings> = {}) => {
      const provider = ldapProvider(id, { servers: [directory.plain], ...settings })
      await hospital.set(provider, mappings)
      return provider.id
    }

    test('somebody signs in by search and bind; groups in groups give roles, a ring of groups ends', async () => {
      const id = await set('search')
      deepEqual(
        [
          await signIn(id, 'LIN.MEI', 'Plum-1'),
          await signIn(id, 'zhao', 'Apricot-2'),
          await signIn(id, '李娜', 'Pear-3'),
        ],
        ['Lin Mei: nurse technician', '赵宁: clinician', '李娜: clinician'],
      )
      const linked = await upstream.people(administrator, id)
      deepEqual([...(linked.find(({ login }) => login === 'lin.mei')?.groups ?? [])].sort(), nursing)
      await upstream.remove(administrator, { id, reason: 'the test is over' })
    })

    test('wrong pairs are told apart by nobody, an empty password gets nobody in, five guesses lock the login', async () => {
      const id = await set('guesses')
      const wrong = '401 identity.wrong-password'
      deepEqual(
        [
          await signIn(id, 'nobody', 'Plum-1'),
          await signIn(id, 'lin.mei', 'Plum-2'),
          await signIn(id, 'lin.mei', ' '),
          await signIn(id, 'reader', 'searching-9'),
        ],
        [wrong, wrong, wrong, wrong],
      )
      const more = [
        await signIn(id, 'lin.mei', 'a'),
        await signIn(id, 'lin.mei', 'b'),
        await signIn(id, 'lin.mei', 'c'),
      ]
      deepEqual(more, [wrong, wrong, wrong])
      equal(await signIn(id, 'lin.mei', 'Plum-1'), '429 identity.locked')
      const empty = await createBrowser(home).call(`/api/session/upstream/${id}`, {
        method: 'POST',
        body: { login: 'zhao', password: '' },
      })
      equal(empty.status, 400)
    })

    test('what is typed as a login is a value and never a filter', async () => {
      const id = await set('injection', { groups: 'member-of' })
      const logins = [
        '*',
        'lin*',
        '*)(uid=*',
        'lin.mei)(objectClass=*',
        'x)(|(uid=lin.mei',
        'lin.mei\\2a',
        'lin.mei)(userPassword=Plum-1',
        '\\28uid=lin.mei\\29',
        'lin.mei,ou=people',
        'lin.mei\u0000',
        '(&(uid=lin.mei))',
        ')(cn=*))(|(a=b',
      ]
      const answers = new Set<string>()
      for (const login of logins) answers.add(await signIn(id, login, 'Plum-1'))
      deepEqual([...answers], ['401 identity.wrong-password'])
      equal(await signIn(id, 'a*b(c)', 'Sloe-7'), '403 upstream.no-role')
    })

    test('two entries with one login sign nobody in', async () => {
      equal(await signIn(await set('twins'), 'twin', 'Fig-5'), '401 upstream.ambiguous')
    })

    test('groups are the same by memberOf and by search; one of the same name elsewhere gives nothing', async () => {
      const groupsOf = async (id: string, login: string) =>
        [...((await upstream.probe(administrator, { id, login })).groups ?? [])].sort()
      const bySearch = await set('by-search')
      const byMember = await set('by-member', { groups: 'member-of' })
      const shallow = await set('shallow', { groups: 'member-of', nestedDepth: 0 })
      deepEqual(
        [
          await groupsOf(bySearch, 'lin.mei'),
          await groupsOf(byMember, 'lin.mei'),
          await groupsOf(shallow, 'lin.mei'),
          await groupsOf(byMember, '李娜'),
        ],
        [nursing, nursing, ['ward-3-nurses'], ['doctors']],
      )
    })

    test('Active Directory follows the chain of groups itself', {
      skip: name === 'OpenLDAP' && 'it has no such rule',
    }, async () => {
      const id = await set('in-chain', { groups: 'matching-rule' })
      const { groups = [] } = await upstream.probe(administrator, { id, login: 'lin.mei' })
      deepEqual([...groups].sort(), nursing)
    })

    test('binding by a name made of the login needs no searching account', async () => {
      const id = await set('direct', {
        ...{ bind: 'direct', directName: `uid={login},${people}`, bindDn: '', baseDn: people },
        groups: 'member-of',
      })
      deepEqual(
        [await signIn(id, 'zhao', 'Wrong'), await signIn(id, `zhao,${people}`, 'Apricot-2')],
        ['401 identity.wrong-password', '401 identity.wrong-password'],
      )
    })

    test('StartTLS and LDAPS are believed by the authority of the house alone', async () => {
      const { authority: authorities } = certificate
      const answers = [
        await signIn(await set('starttls', { startTls: true, authorities }), 'lin.mei', 'Plum-1'),
        await signIn(await set('strange-authority', { startTls: true }), 'lin.mei', 'Plum-1'),
        await signIn(await set('strange-ldaps', { servers: [directory.secure] }), 'lin.mei', 'Plum-1'),
      ]
      await upstream.remove(administrator, { id: 'starttls', reason: 'the test is over' })
      const secure = await set('ldaps', { servers: [directory.secure], authorities })
      answers.push(await signIn(secure, 'lin.mei', 'Plum-1'))
      deepEqual(answers, [
        '409 upstream.login-taken',
        '401 upstream.unreachable',
        '401 upstream.unreachable',
        '409 upstream.login-taken',
      ])
    })

    test('where one server is away the next is asked; where all are it is said, and counts for no lock', async () => {
      const id = await set('failover', {
        servers: ['ldap://127.0.0.1:9', 'ldap://169.254.169.254', directory.plain],
      })
      const away = await set('away', { servers: ['ldap://127.0.0.1:9'] })
      const answers: string[] = []
      for (let turn = 0; turn < 7; turn++) answers.push(await signIn(away, 'zhao', 'Apricot-2'))
      deepEqual(
        [await signIn(id, 'twin', 'Fig-5'), new Set(answers)],
        ['401 upstream.ambiguous', new Set(['401 upstream.unreachable'])],
      )
      deepEqual(await hospital.failures(away, 1), ['upstream.unreachable'])
    })

    test('trying a directory shows each step, and the groups of somebody', async () => {
      const id = await set('probe')
      const right = await upstream.probe(administrator, { id, login: 'lin.mei' })
      const wrong = await upstream.probe(administrator, {
        id: await set('probe-base', { baseDn: `ou=none,${suffix}` }),
      })
      await upstream.save(administrator, {
        ...ldapProvider(id, { servers: [directory.plain] }),
        secret: 'wrong',
      })
      const secret = await upstream.probe(administrator, { id })
      const told = ({ steps }: typeof right) => steps.map((step) => `${step.name} ${step.isDone}`)
      deepEqual(told(right), [
        'server true',
        'searching account true',
        'people true',
        'person true',
        'groups true',
      ])
      deepEqual([...(right.groups ?? [])].sort(), nursing)
      deepEqual(
        [told(wrong), told(secret)],
        [
          ['server true', 'searching account true', 'people false'],
          ['server true', 'searching account false'],
        ],
      )
    })

    test('who leaves, or is disabled there, is disabled here at the next look; a directory that is away disables nobody', async () => {
      const reason = 'the test'
      const id = await set('leavers', { disabledFilter: '(employeeType=left)' })
      equal(await signIn(id, 'gone', 'Quince-4'), '401 upstream.disabled-there')
      const logins = ['stays', 'leaves']
      // They were people of the hospital before: an invitation links them.
      const pairs = [
        ['twin2', 'Fig-6'],
        ['a*b(c)', 'Sloe-7'],
      ] as const
      for (const [index, login] of logins.entries()) {
        await kernel.identity.people.create(administrator, { login, display: login, roles: ['nurse'] })
        const { code: invitation } = await upstream.invite(administrator, { id, login, reason })
        const [there = '', password = ''] = pairs[index] ?? []
        const { status } = await createBrowser(home).call(`/api/session/upstream/${id}`, {
          method: 'POST',
          body: { login: there, password, invitation },
        })
        equal(status, 200)
      }
      const needs = { addresses: createAddresses(['127.0.0.0/8']), upstream, runtime: kernel.runtime }
      const { signal } = new AbortController()
      const disabledLogins = async () =>
        (await upstream.people(administrator, id))
          .filter(({ disabled }) => disabled)
          .map(({ login }) => login)

      await disableLeavers(needs, signal)
      const nobody = await disabledLogins()
      await directory.set(`uid=twin2,${people}`, 'employeeType', ['left'])
      await disableLeavers(needs, signal)
      const one = await disabledLogins()
      await directory.remove(`uid=a*b(c),${people}`)
      await upstream.save(administrator, ldapProvider(id, { servers: ['ldap://127.0.0.1:9'] }))
      await disableLeavers(needs, signal)
      const away = await disabledLogins()
      const sweep = (await upstream.list(administrator)).find((each) => each.id === id)?.sweep
      await upstream.save(administrator, ldapProvider(id, { servers: [directory.plain] }))
      await disableLeavers(needs, signal)

      deepEqual(
        [nobody, one, away, await disabledLogins()],
        [[], [logins[0]], [logins[0]], logins.toSorted()],
      )
      equal(sweep?.failure, 'no server of the directory answers · ECONNREFUSED')
    })
  })
}
