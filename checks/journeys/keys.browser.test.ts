/** Keys on a screen: seen without any key, rotated with a reason, the old version counted and retired; refused to others. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startPlatform } from '@xinglin/client'
import { desktop, keepPicture, noBrowser, openBrowser, personPage, phone, signedInPage } from './browser.ts'

test('keys are changed from their screen', { skip: noBrowser }, async (journey) => {
  const platform = await startPlatform()
  after(() => platform.stop())
  const browser = await openBrowser()
  const page = await signedInPage(browser, platform, { language: 'zh', viewport: desktop })
  const address = `${platform.baseUrl}/keys`
  const purpose = page.locator('[data-purpose="authorization.artifact"]')
  const newest = page.locator('[data-rotation]').first()

  await journey.test('the hierarchy is shown from the master key to what each purpose seals', async () => {
    await page.goto(address)
    await page.getByText('主密钥文件').waitFor()
    await purpose.getByText('oauth.signing_key.sealed').waitFor()
    await purpose.getByRole('button', { name: /统\s?计/ }).click()
    await purpose.getByText(/d\d+：\d+ 项/).waitFor()
    await keepPicture(page, 'keys')
  })

  await journey.test('a rotation says what will happen, asks why, and is carried out', async () => {
    await purpose.getByRole('button', { name: /轮\s?换/ }).click()
    await page.getByRole('dialog').getByText('授权码与令牌').waitFor()
    await page.getByLabel('原因').fill('一年一换')
    await keepPicture(page, 'keys-rotate')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /轮\s?换/ })
      .click()
    await page.locator('[data-rotation][data-state="done"]').waitFor()
    await newest.getByText('一年一换').waitFor()
    await purpose.getByRole('button', { name: '销毁旧版本' }).waitFor()
  })

  await journey.test('the old version is retired once nothing lies under it', async () => {
    await purpose.getByRole('button', { name: '销毁旧版本' }).click()
    await page.getByLabel('原因').fill('已全部重新加密')
    await page.getByRole('dialog').getByRole('button', { name: '销毁旧版本' }).click()
    await purpose.getByText('已销毁').waitFor()
    await keepPicture(page, 'keys-retired')
  })

  await journey.test(
    'in English on a phone the key-encryption key is changed; a doctor is refused',
    async () => {
      const small = await signedInPage(browser, platform, { language: 'en', viewport: phone })
      await small.goto(address)
      await small.getByRole('button', { name: 'Change the key-encryption key' }).click()
      await small.getByLabel('Reason').fill('an administrator left')
      await small.getByRole('dialog').getByRole('button', { name: 'Change the key-encryption key' }).click()
      await small.locator('[data-key="k2"]').waitFor()
      await small.locator('[data-key="k1"]').waitFor({ state: 'detached' })
      await keepPicture(small, 'keys-phone')
      const doctor = await personPage(browser, page, { login: 'li', display: '李医生', role: 'clinician' })
      const looked = await doctor.request.get(`${platform.baseUrl}/api/keys/hierarchy`)
      assert.equal(looked.status(), 403)
    },
  )
})
