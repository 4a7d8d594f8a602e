/** A SMART app of somebody else, written with fhirclient, in a real browser: from the record, and by itself. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createFhirClient, type Platform, startPlatform } from '@xinglin/client'
import type { Page } from 'playwright-core'
import { desktop, keepPicture, noBrowser, openBrowser, signedInPage } from './browser.ts'
import { clientId, type SmartApp, scopes, startSmartApp } from './smart-app.ts'
import { approve, secondAdministrator } from './two-administrators.ts'

const patient = {
  resourceType: 'Patient',
  id: 'journey-asha',
  name: [{ use: 'official', text: '饶阿莎', family: '饶', given: ['阿莎'] }],
  gender: 'female',
  birthDate: '1984-05-02',
}
const visit = {
  resourceType: 'Encounter',
  id: 'journey-asha-visit',
  status: 'in-progress',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
  subject: { reference: 'Patient/journey-asha' },
  period: { start: '2026-01-01T08:00:00+08:00' },
}
const other = { ...patient, id: 'journey-leo', name: [{ use: 'official', text: '王乐' }] }
const weight = (id: string, whose: string) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }], text: '体重' },
  subject: { reference: `Patient/${whose}` },
  effectiveDateTime: '2026-01-01T08:00:00+08:00',
  valueQuantity: { value: 61, unit: 'kg' },
})

test('an app of somebody else gets what the person agrees to and no more', {
  skip: noBrowser,
}, async (journey) => {
  const platform = await startPlatform()
  after(() => platform.stop())
  await fill(platform)
  const app = await startSmartApp()
  const browser = await openBrowser()
  const page = await signedInPage(browser, platform, { language: 'zh', viewport: desktop })
  const second = await secondAdministrator(page, platform)

  await journey.test('one registers it, a second person lets it in', async () => {
    await page.goto(`${platform.baseUrl}/apps`)
    await register(page, app)
    await page.getByText('待审核').first().waitFor()
    await keepPicture(page, 'app-registry')
    await approve(second, clientId)
  })

  await journey.test('started from the record it asks, and shows the patient who was open', async () => {
    await page.goto(`${platform.baseUrl}/chart/patients/journey-asha`)
    await page.getByRole('button', { name: '应用', exact: true }).click()
    const [popup] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('menuitem', { name: '生长曲线' }).click(),
    ])
    await popup.getByRole('heading', { name: '“生长曲线”申请访问病历' }).waitFor()
    await keepPicture(popup, 'app-consent')
    await popup.getByRole('button', { name: '同意' }).click()
    assert.deepEqual(await shown(popup), {
      ...{ id: 'journey-asha', name: '饶阿莎', results: 2, encounter: 'journey-asha-visit' },
      ...{ idToken: 'Administrator', isFresh: true },
    })
  })

  await journey.test('started by itself it has the person sign in and choose a patient', async () => {
    const context = await browser.newContext({
      viewport: desktop,
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
    })
    const alone = await context.newPage()
    alone.setDefaultTimeout(15_000)
    await alone.goto(app.startUrl(`${platform.baseUrl}/fhir/R4`))
    await alone.locator('input[autocomplete=username]').fill('admin')
    await alone.locator('input[autocomplete=current-password]').fill(platform.administratorPassword)
    await alone.keyboard.press('Enter')
    await alone.getByRole('searchbox').fill('王')
    await alone.keyboard.press('Enter')
    await alone.getByLabel(/王乐/).check()
    await keepPicture(alone, 'app-choose-patient')
    await alone.getByRole('button', { name: '选择' }).click()
    await alone.getByRole('button', { name: '同意' }).click()
    const { id, results, isFresh, encounter } = await shown(alone)
    assert.deepEqual([id, results, isFresh, encounter], ['journey-leo', 1, true, null])
  })

  await journey.test(
    'another address waits for a second person, and what was done is read with who uses it',
    async () => {
      await page.goto(`${platform.baseUrl}/apps?app=${clientId}`)
      await page.getByText('使用者 1 人').waitFor()
      await page.getByRole('button', { name: '申请变更' }).click()
      const form = page.locator('.ant-drawer')
      await form.getByLabel('用途', { exact: true }).fill('画出身高体重和头围曲线')
      await form.getByLabel('变更原因', { exact: true }).fill('新增头围')
      await form.getByRole('button', { name: '提交变更' }).click()
      await page.getByText('变更由您申请，须由另一人审核。').waitFor()
      await form.waitFor({ state: 'detached' })
      await keepPicture(page, 'app-change')
      await approve(second, `${clientId}/change`)
      await page.reload()
      await page.getByText('批准变更', { exact: true }).waitFor()
      await page.getByText('画出身高体重和头围曲线').first().waitFor()
      await keepPicture(page, 'app-changed')
    },
  )

  await journey.test('what was agreed to is taken back on the own page', async () => {
    await page.goto(`${platform.baseUrl}/apps/mine`)
    await page.getByText('生长曲线').waitFor()
    await page.getByRole('button', { name: '收回' }).click()
    await page.getByText('您没有同意过任何应用').waitFor()
  })
})

/** What the app's page came to know. */
async function shown(page: Page): Promise<Record<string, unknown>> {
  const text = page.locator('pre', { hasText: '{' })
  await text.waitFor()
  return JSON.parse((await text.textContent()) ?? '{}') as Record<string, unknown>
}

async function fill(platform: Platform): Promise<void> {
  const { id: clientId, secret: clientSecret } = platform.client
  const fhir = createFhirClient({ baseUrl: platform.baseUrl, clientId, clientSecret })
  const resources = [
    ...[patient, other, visit],
    ...[weight('w1', 'journey-asha'), weight('w2', 'journey-asha'), weight('w3', 'journey-leo')],
  ]
  const entry = resources.map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }))
  const { status, body } = await fhir.transact({ resourceType: 'Bundle', type: 'transaction', entry })
  assert.equal(status, 200, body)
}

async function register(page: Page, app: SmartApp): Promise<void> {
  await page.getByRole('button', { name: '登记应用' }).click()
  const form = page.locator('.ant-drawer')
  const words = [...new Set(`${scopes.launched} ${scopes.standalone}`.split(' '))]
  for (const [label, text] of [
    ['名称', '生长曲线'],
    ['提供方', '柳树软件'],
    ['用途', '画出身高体重曲线'],
    ['启动地址', app.launchUrl],
    ['客户端编号', clientId],
  ] as const)
    await form.getByLabel(label, { exact: true }).fill(text)
  for (const [label, tags] of [
    ['回调地址', [app.redirectUri]],
    ['访问范围', words],
  ] as const) {
    await form.getByRole('combobox', { name: label }).fill(`${tags.join(' ')} `)
    await page.keyboard.press('Tab')
  }
  await form.getByRole('button', { name: '提交审核' }).click()
  await form.waitFor({ state: 'detached' })
}
