/** Policies at their desk: tried before they are saved, explained, changed, compared, gone back to. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startPlatform } from '@xinglin/client'
import { signIn } from '../drills/fhir.ts'
import { desktop, keepPicture, noBrowser, openBrowser, personPage, phone, signedInPage } from './browser.ts'

test('a policy from its draft to its return', { skip: noBrowser }, async (journey) => {
  const platform = await startPlatform()
  after(() => platform.stop())
  const browser = await openBrowser()
  const page = await signedInPage(browser, platform, { language: 'zh', viewport: desktop })
  const patient = 'chen-yi'
  const { token } = await signIn(platform)
  const made = await fetch(`${platform.baseUrl}/fhir/R4/Patient/${patient}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
    body: JSON.stringify({
      ...{ resourceType: 'Patient', id: patient, name: [{ text: '陈一' }], gender: 'female' },
    }),
  })
  assert.equal(made.status, 201)
  const doctor = await personPage(browser, page, { login: 'li', display: '李医生', role: 'clinician' })
  const reads = (id: string) =>
    doctor.evaluate(async (of) => (await fetch(`/fhir/R4/Patient/${of}`)).status, id)

  await journey.test('before it is saved it tells whom it would refuse', async () => {
    assert.equal(await reads(patient), 200)
    await page.goto(`${platform.baseUrl}/access`)
    await page.getByRole('button', { name: '新建策略' }).click()
    await page.getByLabel('标识').fill('ward-doctors')
    await page.getByLabel('中文名称').fill('病区医生')
    await page.getByLabel('英文名称').fill('Ward doctors')
    const line = page.getByText(/1 次将被拒绝，0 次将被允许/)
    // Entries of reads are in the trail within a second.
    for (let isTold = false; !isTold; ) {
      await page.getByRole('button', { name: '用最近一天的访问试算' }).click()
      await page.getByText(/次将被拒绝/).waitFor()
      isTold = (await line.count()) > 0
    }
    await page.locator('[data-becomes="refused"]').getByText('李医生').waitFor()
    await keepPicture(page, 'access-trial')
    assert.equal(await reads(patient), 200)
  })

  await journey.test('saved with its reason it acts at once', async () => {
    await page.getByPlaceholder(/至少/).fill('病区只看自己的患者')
    await page.getByRole('button', { name: /^保\s?存$/ }).click()
    await page.locator('[data-policy="ward-doctors"]').waitFor()
    assert.equal(await reads(patient), 404)
  })

  await journey.test(
    'the wider one is tried on one person, saved, and both versions are compared',
    async () => {
      const me = await doctor.evaluate(async () => (await (await fetch('/api/session')).json()).reference)
      await page
        .locator('[data-policy="ward-doctors"]')
        .getByRole('button', { name: /修\s?改/ })
        .click()
      await page.getByLabel('患者范围').click()
      await page.locator('.ant-select-item-option-content', { hasText: '本机构全部患者' }).click()
      await page.getByLabel('何人').fill(me)
      await page.getByLabel('资源', { exact: true }).fill(`Patient/${patient}`)
      await page.getByRole('button', { name: '试算一次' }).click()
      await page.getByText('现在：拒绝；保存后：允许').waitFor()
      await page.getByPlaceholder(/至少/).fill('夜班需要')
      await page.getByRole('button', { name: /^保\s?存$/ }).click()
      await page.locator('[data-policy="ward-doctors"]').getByText('本机构全部患者').waitFor()
      assert.equal(await reads(patient), 200)
      await page
        .locator('[data-policy="ward-doctors"]')
        .getByRole('button', { name: /历\s?史/ })
        .click()
      await page.locator('[data-version="2"]').getByText('own-patients → tenant').waitFor()
      await keepPicture(page, 'access-history')
    },
  )

  await journey.test('the first is gone back to, and is the third', async () => {
    await page.locator('[data-version="1"]').getByRole('button', { name: '恢复到这一版' }).click()
    await page.getByPlaceholder(/至少/).fill('恢复')
    await page.getByRole('button', { name: /^保\s?存$/ }).click()
    await page.locator('[data-policy="ward-doctors"]').getByText('本人负责的患者').waitFor()
    assert.equal(await reads(patient), 404)
  })

  await journey.test('on a phone in English a removed policy is still found with its history', async () => {
    const small = await signedInPage(browser, platform, { language: 'en', viewport: phone })
    await small.goto(`${platform.baseUrl}/access`)
    await small.getByRole('button', { name: 'Remove policy' }).click()
    await small.getByPlaceholder(/least/).fill('tried')
    await small.getByRole('dialog').getByRole('button', { name: 'Remove policy' }).click()
    await small.getByRole('button', { name: 'Ward doctors' }).click()
    await small.locator('[data-version="4"]').getByText('the policy was removed').waitFor()
    await keepPicture(small, 'access-history-phone')
    assert.equal(await reads(patient), 200)
  })
})
