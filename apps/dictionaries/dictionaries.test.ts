/** B-PF-11: one owner a dictionary, versions, mapping to standard terminologies by two people, acknowledgement by systems. */
import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { testKernel, testTenant } from '@xinglin/testkit'
import { dictionaries } from './app.ts'
import type {
  ByNameAnswer,
  ChangesAnswer,
  DictionariesAnswer,
  EntriesAnswer,
  MappingsAnswer,
  SuggestionsAnswer,
  VersionsAnswer,
} from './contract.ts'

const kernel = await testKernel({ apps: [dictionaries] })
const { identity, web } = kernel
const chief = await person('chief.pharmacist')
const assistant = await person('assistant')
const doctor = await person('doctor', 'clinician')
const standard = 'http://www.whocc.no/atc'
await kernel.records.commit({ tenant: testTenant, actor: 'system/test' }, (unit) =>
  unit.write([
    {
      kind: 'create',
      resource: {
        resourceType: 'CodeSystem',
        ...{ url: standard, version: '2026', status: 'active', content: 'complete', title: 'ATC' },
        concept: [
          {
            code: 'N02BA01',
            display: 'acetylsalicylic acid',
            designation: [{ language: 'zh', value: '阿司匹林' }],
          },
          {
            code: 'N02BE01',
            display: 'paracetamol',
            designation: [{ language: 'zh', value: '对乙酰氨基酚' }],
          },
          { code: 'B01AC06', display: 'acetylsalicylic acid (low dose)' },
        ],
      },
    },
  ]),
)

const drug = { dictionary: 'drug' }
const aspirin = { code: 'D001', display: '阿司匹林', english: 'Acetylsalicylic Acid', isActive: true }

test('a dictionary is made with one owner, once', async () => {
  const made = { key: 'drug', kind: 'drug', title: '药品字典', owner: 'chief.pharmacist' }
  const refusals = [
    await act(chief, 'define-dictionary', { ...made, owner: 'nobody' }),
    await act(chief, 'define-dictionary', { ...made, key: 'Drug Codes' }),
    await act(doctor, 'define-dictionary', made),
  ]
  const [first, again] = [
    await act(chief, 'define-dictionary', made),
    await act(chief, 'define-dictionary', made),
  ]

  deepEqual(refusals.map(said), [
    [400, 'dictionaries.field'],
    [400, 'dictionaries.field'],
    [403, 'identity.not-allowed'],
  ])
  deepEqual([first.body, said(again)], [{ key: 'drug' }, [409, 'dictionaries.taken']])
  const { dictionaries: all } = await get<DictionariesAnswer>(assistant, 'dictionaries')
  deepEqual(all, [
    {
      ...{ key: 'drug', kind: 'drug', title: '药品字典', url: 'urn:xinglin:dictionary:drug' },
      ...{ owner: 'chief.pharmacist', ownerDisplay: 'chief.pharmacist', isMine: false },
      ...{ version: 0, entries: 0, changes: 0, waiting: 0, targets: [] },
    },
  ])
})

test('its owner alone edits it; an edit can be taken back until it is published', async () => {
  const own = await act(chief, 'save-entry', { ...drug, ...aspirin })
  const others = await act(assistant, 'save-entry', { ...drug, ...aspirin, display: '其他' })
  const same = await act(chief, 'save-entry', { ...drug, ...aspirin })
  const blank = await act(chief, 'save-entry', { ...drug, ...aspirin, code: ' x  y ', display: '' })
  await act(chief, 'save-entry', { ...drug, code: 'D999', display: '笔误', isActive: true })
  const undone = await act(chief, 'undo-entry', { ...drug, code: 'D999' })

  deepEqual([own, others, same, blank, undone].map(said), [
    [204, undefined],
    [403, 'dictionaries.not-owner'],
    [409, 'dictionaries.nothing-changed'],
    [400, 'dictionaries.field'],
    [204, undefined],
  ])
  deepEqual(
    (await entries('')).map(({ code, change }) => [code, change]),
    [['D001', 'added']],
  )
})

test('a file of entries comes in whole or not at all, and goes out as it came', async () => {
  const file = 'code,display,english,active\r\nD002,对乙酰氨基酚,Paracetamol,是\r\nD003,"安慰剂, 大",,\r\n'
  const cut = await send(chief, `${file}D004,,,\r\n`)
  const twice = await send(chief, `${file}D002,又一次,,\r\n`)
  const good = await send(chief, file)

  deepEqual([cut, twice].map(said), [
    [400, 'dictionaries.file'],
    [400, 'dictionaries.file'],
  ])
  match(JSON.stringify(cut.body), /line 4/)
  deepEqual(good.body, { read: 2, changed: 2 })
  deepEqual((await send(chief, file)).body, { read: 2, changed: 0 })
  const { body } = await web.http.inject({
    url: '/api/dictionaries/dictionaries/drug/entries.csv',
    ...by(chief),
  })
  deepEqual(body.split('\r\n'), [
    '\uFEFFcode,display,english,definition,active',
    'D001,阿司匹林,Acetylsalicylic Acid,,true',
    'D002,对乙酰氨基酚,Paracetamol,,true',
    'D003,"安慰剂, 大",,,true',
    '',
  ])
  deepEqual(
    [await entries('aceta'), await entries('安慰'), await entries('%')].map((found) =>
      found.map(({ code }) => code),
    ),
    [['D002'], ['D003'], []],
  )
})

test('what is published is a code system of the record, whose older versions stay readable', async () => {
  const first = await act(chief, 'publish-version', { ...drug, note: '首次发布' })
  const empty = await act(chief, 'publish-version', { ...drug, note: '再次' })
  await act(chief, 'save-entry', { ...drug, ...aspirin, display: '阿司匹林片' })
  await act(chief, 'save-entry', { ...drug, code: 'D003', display: '安慰剂, 大', isActive: false })
  const second = await act(chief, 'publish-version', { ...drug, note: '停用安慰剂' })

  deepEqual(
    [first.body, said(empty), second.body],
    [
      { number: 1, codeSystem: 'drug-v1' },
      [409, 'dictionaries.nothing-changed'],
      { number: 2, codeSystem: 'drug-v2' },
    ],
  )
  const [old, present] = await Promise.all([codeSystem('drug-v1'), codeSystem('drug-v2')])
  deepEqual(
    [old.status, present.status, present.version, present.description],
    ['retired', 'active', '2', '停用安慰剂'],
  )
  deepEqual(present.concept, [
    { code: 'D001', display: '阿司匹林片', designation: [{ language: 'en', value: 'Acetylsalicylic Acid' }] },
    { code: 'D002', display: '对乙酰氨基酚', designation: [{ language: 'en', value: 'Paracetamol' }] },
    { code: 'D003', display: '安慰剂, 大', property: [{ code: 'inactive', valueBoolean: true }] },
  ])
  const url = 'urn:xinglin:dictionary:drug'
  const looked = await kernel.terminology.lookup(testTenant, { url }, 'D001')
  const before = await kernel.terminology.lookup(testTenant, { url, version: '1' }, 'D001')
  deepEqual([looked.concept.display, before.concept.display], ['阿司匹林片', '阿司匹林'])
  const { changes } = await get<ChangesAnswer>(chief, 'dictionaries/drug/versions/2')
  deepEqual(changes, [
    {
      code: 'D001',
      change: 'changed',
      before: text(aspirin),
      after: { ...text(aspirin), display: '阿司匹林片' },
    },
    {
      ...{ code: 'D003', change: 'withdrawn' },
      before: { display: '安慰剂, 大', isActive: true },
      after: { display: '安慰剂, 大', isActive: false },
    },
  ])
})

test('systems subscribe and say which version they have taken over', async () => {
  const lis = await identity.clients.create(kernel.actor, {
    ...{ id: 'lis-adapter', display: 'LIS' },
    scopes: ['xinglin/dictionaries.version.acknowledge', 'system/CodeSystem.rs'],
  })
  const { accessToken } = await identity.clients.grantToken({ clientId: lis.id, clientSecret: lis.secret })
  const token = { headers: { authorization: `Bearer ${accessToken}` } }
  const taken = { ...drug, number: 2 }
  const stranger = await act(token, 'acknowledge-version', taken)
  await act(chief, 'subscribe', { ...drug, subscriber: 'client/lis-adapter', title: '检验系统' })
  const waiting = (await get<DictionariesAnswer>(chief, 'dictionaries')).dictionaries[0]?.waiting
  const answers = [
    stranger,
    await act(token, 'acknowledge-version', { ...drug, number: 9 }),
    await act(token, 'acknowledge-version', taken),
    await act(token, 'acknowledge-version', taken),
    await act(token, 'save-entry', { ...drug, ...aspirin }),
  ]
  const { versions, subscribers } = await get<VersionsAnswer>(chief, 'dictionaries/drug/versions')

  deepEqual(answers.map(said), [
    [403, 'dictionaries.not-subscribed'],
    [404, 'dictionaries.no-version'],
    [204, undefined],
    [204, undefined],
    [403, 'identity.not-allowed'],
  ])
  equal(waiting, 1)
  equal((await get<DictionariesAnswer>(chief, 'dictionaries')).dictionaries[0]?.waiting, 0)
  deepEqual(
    versions.map(({ number, added, changed, withdrawn, taken: by }) => [
      number,
      added,
      changed,
      withdrawn,
      by,
    ]),
    [
      [2, 0, 1, 1, 1],
      [1, 3, 0, 0, 0],
    ],
  )
  deepEqual(
    subscribers.map(({ subscriber, title, number }) => [subscriber, title, number]),
    [['client/lis-adapter', '检验系统', 2]],
  )
})

test('what an entry is elsewhere is proposed by one and reviewed by another, and published with the next version', async () => {
  const question = `dictionaries/drug/suggestions?target=${encodeURIComponent(standard)}`
  const { suggestions } = await get<SuggestionsAnswer>(assistant, `${question}&code=D001`)
  deepEqual(
    suggestions.map(({ code, isSame }) => [code, isSame]),
    [
      ['N02BA01', true],
      ['B01AC06', false],
    ],
  )
  const typed = await get<SuggestionsAnswer>(assistant, `${question}&code=D001&words=paracetamol`)
  deepEqual(
    typed.suggestions.map(({ code }) => code),
    ['N02BE01'],
  )

  const { body } = await post(assistant, 'dictionaries/drug/mappings/by-name', { target: standard })
  deepEqual(body, { looked: 2, proposed: 2 } satisfies ByNameAnswer)
  const mapping = { ...drug, target: standard, code: 'D001', targetCode: 'N02BA01' }
  const answers = [
    await act(assistant, 'propose-mapping', { ...mapping, equivalence: 'equivalent' }),
    await act(assistant, 'propose-mapping', { ...mapping, targetCode: 'X', equivalence: 'wider' }),
    await act(assistant, 'review-mapping', { ...mapping, isRight: true }),
    await act(chief, 'review-mapping', { ...mapping, isRight: true }),
  ]
  deepEqual(answers.map(said), [
    [409, 'dictionaries.mapped'],
    [404, 'terminology.unknown-code'],
    [403, 'dictionaries.own-mapping'],
    [204, undefined],
  ])

  await act(chief, 'review-mapping', { ...mapping, code: 'D002', targetCode: 'N02BE01', isRight: false })
  const list = async (among: string) =>
    (
      await get<MappingsAnswer>(
        chief,
        `dictionaries/drug/mappings?target=${encodeURIComponent(standard)}&among=${among}`,
      )
    ).mappings
  deepEqual(
    [await list('none'), await list('reviewed')].map((rows) => rows.map(({ code }) => code)),
    [['D002'], ['D001']],
  )
  const [listed] = (await get<DictionariesAnswer>(chief, 'dictionaries')).dictionaries
  deepEqual(listed?.targets, [{ target: standard, mapped: 1, toReview: 0 }])

  await act(chief, 'save-entry', { ...drug, code: 'D004', display: '布洛芬', isActive: true })
  await act(chief, 'publish-version', { ...drug, note: '对照 ATC' })
  const translations = await kernel.terminology.translate(testTenant, undefined, {
    codings: [{ system: 'urn:xinglin:dictionary:drug', code: 'D001' }],
    targetSystem: standard,
  })
  deepEqual(
    translations.map(({ equivalence, concept }) => [equivalence, concept?.code]),
    [['equivalent', 'N02BA01']],
  )
})

test('a dictionary handed over has another owner', async () => {
  const handed = await act(assistant, 'hand-over', { ...drug, owner: 'assistant' })
  const saves = [
    await act(chief, 'save-entry', { ...drug, code: 'D005', display: '一', isActive: true }),
    await act(assistant, 'save-entry', { ...drug, code: 'D005', display: '一', isActive: true }),
  ]
  deepEqual([handed, ...saves].map(said), [
    [204, undefined],
    [403, 'dictionaries.not-owner'],
    [204, undefined],
  ])
})

type By = { readonly headers: Readonly<Record<string, string>> }
type Answer = { readonly status: number; readonly body: unknown }

async function person(login: string, role = 'integrator'): Promise<By> {
  const { oneTimePassword } = await identity.people.create(kernel.actor, {
    login,
    display: login,
    roles: [role],
  })
  const { token, actor } = await identity.accounts.signIn({ login, password: oneTimePassword })
  await identity.accounts.changePassword(actor, { current: oneTimePassword, next: 'Willow-58-hill' })
  return { headers: { cookie: `xinglin_session=${token}`, 'x-xinglin': '1' } }
}

function by({ headers }: By) {
  return { headers }
}

async function post(who: By, path: string, payload: object): Promise<Answer> {
  const { statusCode: status, body } = await web.http.inject({
    ...{ method: 'POST', url: `/api/dictionaries/${path}`, payload },
    ...who,
  })
  return { status, body: body === '' ? undefined : JSON.parse(body) }
}

function act(who: By, command: string, payload: object): Promise<Answer> {
  return post(who, `commands/${command}`, payload)
}

async function send({ headers }: By, payload: string): Promise<Answer> {
  const { statusCode: status, body } = await web.http.inject({
    ...{ method: 'POST', url: '/api/dictionaries/dictionaries/drug/entries.csv', payload },
    headers: { ...headers, 'content-type': 'text/csv' },
  })
  return { status, body: JSON.parse(body) }
}

async function get<T>(who: By, path: string): Promise<T> {
  return (await web.http.inject({ url: `/api/dictionaries/${path}`, ...who })).json<T>()
}

async function entries(part: string) {
  const answer = await get<EntriesAnswer>(chief, `dictionaries/drug/entries?text=${encodeURIComponent(part)}`)
  return answer.entries
}

async function codeSystem(id: string) {
  return JSON.parse((await kernel.records.read(testTenant, 'CodeSystem', id))?.json ?? '{}')
}

function text({ code: _code, ...rest }: typeof aspirin) {
  return rest
}

function said({ status, body }: Answer) {
  return [status, /"code":"([a-z-]+\.[a-z-]+)"/.exec(JSON.stringify(body) ?? '')?.[1]]
}
