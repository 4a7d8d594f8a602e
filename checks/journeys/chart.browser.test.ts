/** The first day: sign in with the printed password, set an own one, find a patient by initials, watch a result arrive. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createFhirClient, startPlatform } from '@xinglin/client'
import type { Page } from 'playwright-core'
import { desktop, keepPicture, noBrowser, openBrowser, phone } from './browser.ts'

const chosenPassword = 'Bright-Apricot-2026'
/** What arrives at a door stands on an open record within this time. */
const arrivalLimitMs = 2_000
/** A record is usable within this time of being chosen; the test machine may be busy with its neighbours. */
const usableLimitMs = 2_500

const patient = {
  resourceType: 'Patient',
  id: 'journey-zhang-san',
  identifier: [
    {
      type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
      value: 'J1001',
    },
  ],
  name: [{ use: 'official', text: '张三', family: '张', given: ['三'] }],
  gender: 'male',
  birthDate: '1970-03-07',
}
const allergy = {
  resourceType: 'AllergyIntolerance',
  id: 'journey-penicillin',
  patient: { reference: 'Patient/journey-zhang-san' },
  clinicalStatus: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
  },
  criticality: 'high',
  code: { text: '青霉素' },
}

function potassium(id: string, value: number, effectiveDateTime: string, flag?: string) {
  const interpretation = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation'
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    category: [
      {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' },
        ],
      },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: '2823-3' }], text: '钾' },
    subject: { reference: 'Patient/journey-zhang-san' },
    effectiveDateTime,
    valueQuantity: { value, unit: 'mmol/L' },
    referenceRange: [{ low: { value: 3.5 }, high: { value: 5.3 } }],
    ...(flag ? { interpretation: [{ coding: [{ system: interpretation, code: flag }] }] } : {}),
  }
}

test('the chart from the first sign-in to a result that arrives by itself', {
  skip: noBrowser,
}, async (journey) => {
  const platform = await startPlatform({ environment: { XINGLIN_ADMIN_PASSWORD: '' } })
  after(() => platform.stop())
  const { id: clientId, secret: clientSecret } = platform.client
  const fhir = createFhirClient({ baseUrl: platform.baseUrl, clientId, clientSecret })
  const put = async (...resources: readonly { resourceType: string; id: string }[]) => {
    const entry = resources.map((resource) => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
    }))
    const { status, body } = await fhir.transact({ resourceType: 'Bundle', type: 'transaction', entry })
    assert.equal(status, 200, body)
  }
  await put(patient, allergy, potassium('journey-k1', 4.2, '2026-01-01T08:00:00+08:00'))
  const browser = await openBrowser()
  const context = await browser.newContext({
    viewport: desktop,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  })
  const page = await context.newPage()
  const failures: string[] = []
  page.on('pageerror', (error) => failures.push(error.message))

  await journey.test('the printed password opens nothing but the change of it', async () => {
    await page.goto(platform.baseUrl)
    await signIn(page, printedPassword(platform.output))
    await page.getByRole('heading', { name: '修改密码' }).waitFor()
    const [current, next, again] = await page.locator('input[type=password]').all()
    await current?.fill(printedPassword(platform.output))
    await next?.fill(chosenPassword)
    await again?.fill(chosenPassword)
    await page.keyboard.press('Enter')
    await page.locator('.chart-find').waitFor()
  })

  await journey.test(
    'zs finds 张三, Enter opens the record with name, age, record number and allergy',
    async () => {
      await page.keyboard.type('zs')
      await page.locator('.x-grid-row', { hasText: '张三' }).waitFor()
      await keepPicture(page, 'chart-find')
      const chosen = performance.now()
      await page.keyboard.press('Enter')
      await page.locator('.chart-grid-whole .x-quantity').first().waitFor()
      const tookMs = performance.now() - chosen
      journey.diagnostic(`record usable after ${Math.round(tookMs)} ms`)
      assert.ok(tookMs < usableLimitMs, `${tookMs} ms`)
      const banner = (await page.locator('.x-banner').textContent()) ?? ''
      for (const fact of ['张三', '男', '56岁', 'J1001', '1970-03-07', '青霉素‼'])
        assert.ok(banner.includes(fact), fact)
    },
  )

  await journey.test(
    'a result that arrives at a door appears within 2 s, marked, without losing the place',
    async () => {
      await page.keyboard.press('2')
      const filter = page.getByPlaceholder('筛选项目')
      await filter.fill('钾')
      await put(potassium('journey-k2', 6.9, '2026-01-02T08:00:00+08:00', 'HH'))
      const arrived = performance.now()
      const cell = page.locator('.chart-grid .x-quantity', { hasText: '6.9' })
      await cell.waitFor({ timeout: arrivalLimitMs })
      journey.diagnostic(`result shown ${Math.round(performance.now() - arrived)} ms after its commit`)
      await page
        .locator('.chart-grid .x-quantity.x-fresh', { hasText: '6.9' })
        .waitFor({ timeout: arrivalLimitMs })
      assert.match((await cell.textContent()) ?? '', /↑↑/)
      assert.equal(await filter.inputValue(), '钾')
      assert.equal(await filter.and(page.locator(':focus')).count(), 1, 'the focus stays in the filter')
    },
  )

  await journey.test('a test shows its course, a number its source', async () => {
    await page.locator('.chart-grid-name button', { hasText: '钾' }).click()
    await page.locator('.chart-canvas canvas').waitFor()
    await keepPicture(page, 'chart-results')
    await page.locator('.chart-grid .x-quantity', { hasText: '4.2' }).hover()
    const card = (await page.getByRole('tooltip').textContent()) ?? ''
    for (const fact of ['4.2 mmol/L', '3.5–5.3', '2026-01-01 08:00:00']) assert.ok(card.includes(fact), card)
    await page.locator('.chart-grid .x-quantity', { hasText: '4.2' }).click()
    await page.locator('.chart-raw', { hasText: 'journey-k1' }).waitFor()
    await page.keyboard.press('Escape')
  })

  await journey.test('Back returns to the list as it was left, the address reopens the record', async () => {
    const address = page.url()
    await page.goBack()
    await page.locator('.x-grid-row', { hasText: '张三' }).waitFor()
    assert.equal(await page.locator('.chart-find input').inputValue(), 'zs')
    await page.goto(address)
    await page.locator('.chart-grid .x-quantity', { hasText: '6.9' }).waitFor()
  })

  await journey.test('the slider shows the record as it stood, and nothing arrives in the past', async () => {
    await page.getByRole('button', { name: '回看' }).click()
    const slider = page.getByRole('slider', { name: '回看' })
    await slider.focus()
    assert.equal(await slider.getAttribute('aria-valuetext'), '现在')
    await page.keyboard.press('Home')
    const band = page
      .getByRole('status')
      .filter({ hasText: /^\s*这是 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d 时的病历$/ })
    await band.waitFor()
    await page.locator('.chart-grid .x-quantity', { hasText: '6.9' }).waitFor({ state: 'detached' })
    await page.locator('.chart-grid .x-quantity', { hasText: '4.2' }).waitFor()
    await keepPicture(page, 'chart-past')
    await put(potassium('journey-k3', 5.1, '2026-01-03T08:00:00+08:00'))
    await page.reload()
    await band.waitFor()
    await page.locator('.chart-grid .x-quantity', { hasText: '4.2' }).waitFor()
    assert.equal(await page.locator('.chart-grid .x-quantity', { hasText: '5.1' }).count(), 0)
    await page.getByRole('button', { name: '返回现在' }).click()
    await page.locator('.chart-grid .x-quantity', { hasText: '5.1' }).waitFor()
    await slider.focus()
    await page.keyboard.press('ArrowLeft')
    await band.waitFor()
    await page.keyboard.press('Escape')
    await slider.waitFor({ state: 'detached' })
    await page.locator('.chart-grid .x-quantity', { hasText: '5.1' }).waitFor()
  })

  await journey.test('the command bar finds the patient from anywhere', async () => {
    await page.locator('.x-banner').click()
    await page.keyboard.press('/')
    await page.keyboard.type('J1001')
    const option = page.getByRole('option', { name: /张三/ })
    await option.waitFor()
    await page.keyboard.press('Escape')
    // Until it has closed it is the bar that hears the keys.
    await page.locator('dialog.s-command').waitFor({ state: 'detached' })
  })

  await journey.test('an expired session is renewed over the page', async () => {
    await context.clearCookies()
    await page.keyboard.press('7')
    const dialog = page.locator('dialog.s-dialog')
    await dialog.waitFor()
    await dialog.locator('input[type=password]').fill(chosenPassword)
    const login = dialog.locator('input[autocomplete=username]')
    if (await login.isEnabled()) await login.fill('admin')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await page.locator('.chart-day').first().waitFor()
  })

  await journey.test('on a phone nothing is wider than the screen, in English and dark', async () => {
    const pocket = await browser.newContext({
      viewport: phone,
      locale: 'en-GB',
      colorScheme: 'dark',
      storageState: await context.storageState(),
    })
    const small = await pocket.newPage()
    await small.addInitScript(() => localStorage.clear())
    await small.goto(`${platform.baseUrl}/chart/patients/journey-zhang-san`)
    await small.getByText('Latest results').waitFor()
    const widerByPx = Number(await small.evaluate('document.documentElement.scrollWidth - innerWidth'))
    assert.ok(widerByPx <= 0, `${widerByPx} px too wide`)
    await keepPicture(small, 'chart-phone')
    await pocket.close()
  })

  assert.deepEqual(failures, [])
})

async function signIn(page: Page, password: string): Promise<void> {
  await page.locator('input[autocomplete=username]').fill('admin')
  await page.locator('input[autocomplete=current-password]').fill(password)
  await page.keyboard.press('Enter')
}

/** The one-time password that the platform printed when it first started. */
function printedPassword(output: readonly string[]): string {
  const password = /One-time password\s+(\S+)/.exec(output.join('\n'))?.[1]
  assert.ok(password, 'the platform prints a one-time password')
  return password
}
