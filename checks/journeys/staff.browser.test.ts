/** J-SEC-4: who joins, moves and leaves has at each moment the rights of his work; a ward's terminal changes hands by badge. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createFhirClient, startPlatform } from '@xinglin/client'
import type { Browser, Page } from 'playwright-core'
import { desktop, keepPicture, noBrowser, openBrowser, phone, signedInPage } from './browser.ts'

const chosenPassword = 'Willow-58-hill'
const badges = { lin: { number: '04A1B2C3', pin: '271828' }, mei: { number: '04A1FFFF', pin: '314159' } }

const places = [
  {
    ...{ resourceType: 'Organization', id: 'journey-cardiology', name: '心血管内科' },
    identifier: [{ system: 'urn:journey:unit', value: 'XIN' }],
  },
  {
    ...{ resourceType: 'Organization', id: 'journey-neurology', name: '神经内科' },
    identifier: [{ system: 'urn:journey:unit', value: 'NEI' }],
  },
  { resourceType: 'Location', id: 'journey-ward', name: '三病区' },
]

test('joining, moving, leaving, and a shared terminal', { skip: noBrowser }, async (journey) => {
  const platform = await startPlatform()
  after(() => platform.stop())
  const { id: clientId, secret: clientSecret } = platform.client
  const fhir = createFhirClient({ baseUrl: platform.baseUrl, clientId, clientSecret })
  const entry = places.map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }))
  const put = await fhir.transact({ resourceType: 'Bundle', type: 'transaction', entry })
  assert.equal(put.status, 200, put.body)
  const browser = await openBrowser()
  const desk = await signedInPage(browser, platform, { language: 'zh', viewport: desktop })
  const tell = await personnelOf(platform.baseUrl, desk)
  const open = (page: Page, path: string) => page.goto(`${platform.baseUrl}/administration/${path}`)

  await journey.test('a rule is made: nurses are nurses', async () => {
    await open(desk, 'staff?part=rules')
    await desk.getByText('没有规则').waitFor()
    await desk.getByRole('button', { name: '新建规则' }).click()
    await desk.locator('.ant-modal').getByLabel('职务').fill('护士')
    await desk.locator('.ant-modal').getByLabel('角色').click()
    await desk.locator('.ant-select-item', { hasText: '护士' }).click()
    await desk.locator('.ant-modal-title').click()
    await desk.locator('.ant-modal textarea').fill('护理岗位')
    await keepPicture(desk, 'staff-rule')
    await desk.locator('.ant-modal-footer').getByRole('button', { name: '新建规则' }).click()
    await desk.locator('.a-table td', { hasText: '任何科室' }).waitFor()
  })

  await journey.test(
    'personnel tells of two who join: they have accounts, departments and roles',
    async () => {
      const position = { department: 'XIN', title: '护士' }
      const licences = [{ kind: '护士执业证', number: 'N-1', until: '2020-12-31' }]
      for (const [login, name] of [
        ['lin', '林梅'],
        ['mei', '梅兰'],
      ] as const)
        await tell({ kind: 'join', employee: login.toUpperCase(), name, login, position, licences })
      await open(desk, 'people?department=journey-cardiology')
      const row = desk.locator('.x-grid-row', { hasText: '林梅' })
      await row.getByText('心血管内科').waitFor()
      await row.click()
      await desk.locator('.x-side').getByText('建立账号').first().waitFor()
      await desk.locator('.x-side').getByText('✕ 2020-12-31').waitFor()
      await keepPicture(desk, 'staff-person')
      await onPhone(desk, 'staff-person-phone')
      await open(desk, 'people?state=licence-soon')
      await desk.locator('.x-grid-row', { hasText: '梅兰' }).waitFor()
      await keepPicture(desk, 'staff-licences')
      await onPhone(desk, 'staff-licences-phone')
    },
  )

  const lin = await personPage(browser, desk, 'lin')
  const mei = await personPage(browser, desk, 'mei')

  await journey.test('a transfer is in effect at once; what was given by hand is reviewed', async () => {
    const { people } = await call<{ people: { id: string }[] }>(desk, 'GET', 'staff?text=lin')
    await call(desk, 'POST', `people/${people[0]?.id}/roles`, {
      roles: ['nurse', 'technician'],
      reason: '代班',
    })
    const position = { department: 'NEI', title: '护士' }
    const moved = await tell({ kind: 'move', employee: 'LIN', position })
    assert.deepEqual([moved.state, moved.roles.toSorted()], ['done', ['nurse', 'technician']])
    await open(desk, 'staff')
    await desk.locator('.a-table tr', { hasText: '林梅' }).getByText('▲ 技师').waitFor()
    await keepPicture(desk, 'staff-reviews')
    await onPhone(desk, 'staff-reviews-phone')
    await desk.getByRole('button', { name: '复核完毕' }).click()
    await desk.locator('.ant-modal textarea').fill('技师角色仍需要，到月底')
    await desk.locator('.ant-modal-footer').getByRole('button', { name: '复核完毕' }).click()
    await desk.getByText('没有待复核的权限').waitFor()
  })

  await journey.test('a head nurse sees and manages the people of her department alone', async () => {
    await call(desk, 'PUT', 'roles/head-nurse', {
      ...{ zh: '护士长', en: 'Head nurse', records: [] },
      permissions: ['administration.department-people.*'],
    })
    const { people } = await call<{ people: { id: string }[] }>(desk, 'GET', 'staff?text=mei')
    const account = people[0]?.id ?? ''
    await call(desk, 'POST', `people/${account}/roles`, {
      roles: ['nurse', 'head-nurse'],
      reason: '任护士长',
    })
    await open(desk, 'staff?part=entrusted')
    await desk.getByText('还没有把科室委托给任何人').waitFor()
    await desk.getByRole('button', { name: '委托科室' }).click()
    const dialog = desk.locator('.ant-modal')
    await dialog.getByLabel('人员').fill('mei')
    await desk.locator('.ant-select-item', { hasText: '梅兰' }).click()
    await dialog.getByLabel('科室').click()
    await desk.locator('.ant-select-item', { hasText: '神经内科' }).click()
    await dialog.getByRole('combobox', { name: '角色' }).click()
    for (const role of ['护士', '技师'])
      await desk.locator('.ant-select-item-option-content', { hasText: new RegExp(`^${role}$`) }).click()
    await desk.locator('.ant-modal-title').click()
    await dialog.locator('textarea').fill('病区管理')
    await settled(desk)
    await keepPicture(desk, 'staff-entrust')
    await desk.locator('.ant-modal-footer').getByRole('button', { name: '委托科室' }).click()
    await desk.locator('.a-table td', { hasText: '神经内科' }).waitFor()
    await keepPicture(desk, 'staff-entrusted')
    await open(mei, 'people')
    await mei.locator('.x-grid-row', { hasText: '林梅' }).click()
    await mei.locator('.x-side').getByRole('button', { name: '增加任职' }).waitFor()
    assert.equal(await mei.locator('.x-grid-row', { hasText: 'admin' }).count(), 0)
    await keepPicture(mei, 'staff-department')
  })

  const ward = await signedInPage(browser, platform, { language: 'zh', viewport: desktop })

  await journey.test('a ward’s computer becomes a terminal; badge and PIN open it', async () => {
    await enrolBadge(lin, badges.lin)
    await keepPicture(lin, 'my-badge')
    await enrolBadge(mei, badges.mei)
    await open(ward, 'terminals')
    await ward.getByText('还没有共用终端').waitFor()
    await ward.getByRole('button', { name: /登记为共用终端/ }).click()
    await ward.locator('.ant-modal').getByLabel('终端名称').fill('护士站 1')
    await ward.locator('.ant-modal').getByLabel('病区').click()
    await ward.locator('.ant-select-item', { hasText: '三病区' }).click()
    await ward.locator('.ant-modal textarea').fill('新终端')
    await ward
      .locator('.ant-modal-footer')
      .getByRole('button', { name: /登记为共用终端/ })
      .click()
    await ward.locator('.a-table td', { hasText: '护士站 1' }).waitFor()
    await settled(ward)
    await keepPicture(ward, 'terminals')
    await onPhone(ward, 'terminals-phone')
    await ward.getByRole('button', { name: '退出' }).click()
    await ward.getByText('请刷工牌').waitFor()
    await keepPicture(ward, 'terminal-free')
    await tap(ward, { ...badges.lin, pin: badges.mei.pin })
    await ward.getByText('工牌或 PIN 不对').waitFor()
    await tap(ward, badges.lin)
    await ward.getByLabel(/我的账号.*林梅/).waitFor()
  })

  await journey.test(
    'it is locked over what was open: the same badge goes on, another begins anew',
    async () => {
      await ward.goto(`${platform.baseUrl}/chart`)
      const words = ward.getByPlaceholder(/zs = 张三/)
      await words.fill('未写完')
      await ward.getByRole('button', { name: '锁屏' }).click()
      await ward.locator('.s-lock').getByText('林梅 的会话已锁定').waitFor()
      // The page covers itself at once; the server hears of it a moment later.
      await ward.waitForFunction(async () => (await fetch('/api/session')).status === 401)
      await keepPicture(ward, 'terminal-locked')
      await onPhone(ward, 'terminal-locked-phone')
      await tap(ward, badges.lin)
      await ward.locator('.s-lock').waitFor({ state: 'detached' })
      assert.equal(await words.inputValue(), '未写完')
      await ward.getByRole('button', { name: '锁屏' }).click()
      await ward.locator('.s-lock').getByText('林梅 的会话已锁定').waitFor()
      await tap(ward, badges.mei)
      await ward.getByLabel(/我的账号.*梅兰/).waitFor()
      assert.equal(await ward.getByText('未写完').count(), 0)
    },
  )

  await journey.test('who leaves is out at once, at the terminal and everywhere', async () => {
    const left = await tell({ kind: 'leave', employee: 'MEI' })
    assert.equal(left.state, 'done')
    await ward.locator('.s-lock, .s-gate').first().waitFor()
    await ward.locator('input').first().waitFor()
    await tap(ward, badges.mei)
    await ward.getByText('工牌或 PIN 不对').waitFor()
    assert.equal((await mei.request.get(`${platform.baseUrl}/api/session`)).status(), 401)
    await open(desk, 'staff?part=events')
    await desk.locator('.a-table tr', { hasText: '离职' }).getByText('已生效').waitFor()
    await keepPicture(desk, 'staff-events')
    await onPhone(desk, 'staff-events-phone')
  })

  await journey.test('every screen of it in English', async () => {
    const english = await signedInPage(browser, platform, { language: 'en', viewport: desktop })
    for (const [path, words] of [
      ['staff?part=events', 'Leaves'],
      ['staff?part=rules', 'any department'],
      ['terminals', 'Make this computer a shared terminal'],
      ['people?state=disabled', 'Licence until'],
    ] as const) {
      await open(english, path)
      await english.getByText(words).first().waitFor()
      await keepPicture(english, `staff-en-${path.replaceAll(/\W+/g, '-')}`)
    }
  })
})

type Told = { readonly state: string; readonly roles: readonly string[] }

/** The system of personnel: a machine client that may tell of people and nothing else. */
async function personnelOf(baseUrl: string, desk: Page): Promise<(event: object) => Promise<Told>> {
  const made = await call<{ id: string; secret: string }>(desk, 'POST', 'clients', {
    ...{ id: 'personnel', display: '人事系统', scopes: ['xinglin/administration.staff.write'] },
  })
  const grant = await fetch(`${baseUrl}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`personnel:${made.secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  const { access_token: token } = await grant.json()
  let sequence = 0
  return async (event) => {
    sequence += 1
    const told = { id: `event-${sequence}`, sequence, at: new Date().toISOString(), ...event }
    const answer = await fetch(`${baseUrl}/api/administration/staff/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(told),
    })
    assert.equal(answer.status, 200, await answer.clone().text())
    return answer.json()
  }
}

/** Asks administration as who is signed in on a page. */
async function call<Answer>(
  page: Page,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: object,
): Promise<Answer> {
  const { status, text } = await page.evaluate(
    async (asked) => {
      const answer = await fetch(`/api/administration/${asked.path}`, {
        method: asked.method,
        headers: { 'content-type': 'application/json', 'x-xinglin': '1' },
        ...(asked.body ? { body: JSON.stringify(asked.body) } : {}),
      })
      return { status: answer.status, text: await answer.text() }
    },
    { method, path, body },
  )
  assert.ok(status < 300, `${path}: ${status} ${text}`)
  return JSON.parse(text || '{}')
}

/** A page of somebody who was told of by personnel and sets an own password on the first day. */
async function personPage(browser: Browser, desk: Page, login: string): Promise<Page> {
  const { people } = await call<{ people: { id: string }[] }>(desk, 'GET', `staff?text=${login}`)
  const path = `people/${people[0]?.id}/reset-password`
  const { oneTimePassword } = await call<{ oneTimePassword: string }>(desk, 'POST', path, { reason: '首日' })
  const context = await browser.newContext({
    ...{ viewport: desktop, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' },
  })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  await page.goto(new URL('/', desk.url()).href)
  await page.locator('input[autocomplete=username]').fill(login)
  await page.locator('input[autocomplete=current-password]').fill(oneTimePassword)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '修改密码' }).waitFor()
  const [current, next, again] = await page.locator('input[type=password]').all()
  await current?.fill(oneTimePassword)
  await next?.fill(chosenPassword)
  await again?.fill(chosenPassword)
  await page.keyboard.press('Enter')
  await page.locator('.s-top').waitFor()
  return page
}

type Badge = { readonly number: string; readonly pin: string }

async function enrolBadge(page: Page, { number, pin }: Badge): Promise<void> {
  await page.getByLabel(/^我的账号/).click()
  await page.getByRole('button', { name: '绑定工牌' }).click()
  await page.getByLabel('工牌号').fill(number)
  await page.getByLabel('PIN', { exact: true }).fill(pin)
  await page.locator('dialog').getByLabel('当前密码').fill(chosenPassword)
  await page.keyboard.press('Enter')
  await page.getByText('工牌已绑定').waitFor()
}

/** As a reader does: the number and Enter; then the PIN and Enter. */
async function tap(page: Page, { number, pin }: Badge): Promise<void> {
  await page.locator('input:focus').waitFor()
  await page.keyboard.type(`${number}\n`)
  await page.keyboard.type(`${pin}\n`)
}

async function onPhone(page: Page, name: string): Promise<void> {
  await page.setViewportSize(phone)
  await settled(page)
  await keepPicture(page, name)
  await page.setViewportSize(desktop)
  await settled(page)
}

/** Dialogs come and go within this time. */
async function settled(page: Page): Promise<void> {
  await page.waitForTimeout(400)
}
