/** J-SEC-1: a system is registered and filed, tested, mended, tested again, assessed, and its next round starts. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startPlatform } from '@xinglin/client'
import { desktop, keepPicture, noBrowser, openBrowser, personPage, phone, signedInPage } from './browser.ts'

test('a year of graded protection', { skip: noBrowser }, async (journey) => {
  const platform = await startPlatform()
  after(() => platform.stop())
  const browser = await openBrowser()
  const page = await signedInPage(browser, platform, { language: 'zh', viewport: desktop })
  const address = `${platform.baseUrl}/compliance/grading`

  await journey.test('a system is registered with its level and filed with its number', async () => {
    await page.goto(address)
    await page.getByText('还没有登记定级系统').waitFor()
    await page.getByRole('button', { name: '登记系统' }).click()
    await page.getByLabel('系统名称').fill('电子病历系统')
    await page.getByRole('button', { name: /保\s?存/ }).click()
    await page.getByText('还没有开始自查').waitFor()
    await page.getByRole('button', { name: '登记备案' }).click()
    await page.getByLabel('备案号').fill('11010843001-23001')
    await page.getByLabel('备案日期').fill('2023-05-10')
    await page.getByRole('button', { name: /保\s?存/ }).click()
    await page.getByText('备案号 11010843001-23001').waitFor()
  })

  await journey.test('the self test finds the gaps', async () => {
    await page.getByRole('button', { name: '开始新一轮' }).click()
    await page.getByText('还没有自测记录').waitFor()
    await page.getByRole('button', { name: '运行自测' }).click()
    await page.locator('[data-self-test="1"]').waitFor()
    await page.getByText('待安排').first().waitFor()
    await keepPicture(page, 'grading-gaps')
  })

  await journey.test('a gap is given to somebody with a day, and he reports its fix', async () => {
    await page
      .getByText(/^07 |^06 /)
      .first()
      .click()
    const side = page.locator('aside.x-side')
    await side.getByRole('heading', { name: '安排整改' }).waitFor()
    await side.getByRole('combobox', { name: '责任人' }).click()
    await page.keyboard.press('Enter')
    await side.getByLabel('期限').fill('2099-12-31')
    await side.getByRole('button', { name: '安排整改' }).click()
    await side.getByText('2099-12-31').waitFor()
    await keepPicture(page, 'grading-planned')
    await side.getByLabel('整改结果').fill('已另建管理员并停用默认账户')
    await side.getByRole('button', { name: '报告整改完成' }).click()
    await side.getByText('已整改，待复测').waitFor()
  })

  await journey.test('a report closes nothing: the next self test tells', async () => {
    await page.getByRole('button', { name: '运行自测' }).click()
    await page.locator('[data-self-test="2"]').waitFor()
    await page.locator('aside.x-side').getByText('复测仍不符合').waitFor()
    await keepPicture(page, 'grading-failing')
  })

  await journey.test('the assessment ends the round; it has a report, and the next one starts', async () => {
    await page.getByRole('button', { name: '登记测评' }).click()
    await page.getByLabel('测评机构').fill('测评中心')
    await page.getByLabel('报告编号').fill('R-2026-1')
    await page.getByLabel('基本符合').check()
    await page.getByRole('button', { name: /保\s?存/ }).click()
    await page.locator('[data-conclusion="mostly"]').waitFor()
    await page.getByText('下次测评不晚于').waitFor()
    const report = await page.getByRole('link', { name: '报告 PDF' }).getAttribute('href')
    const answer = await page.request.get(new URL(report ?? '', address).href)
    assert.equal(answer.headers()['content-type'], 'application/pdf')
    await page.getByRole('button', { name: '开始新一轮' }).click()
    await page.getByText('还没有自测记录').waitFor()
  })

  await journey.test('on a phone in English the keyboard opens a gap; a doctor is refused', async () => {
    const small = await signedInPage(browser, platform, { language: 'en', viewport: phone })
    await small.goto(address)
    await small.getByRole('button', { name: 'Run the self test' }).click()
    await small.getByText('To be planned').first().waitFor()
    await keepPicture(small, 'grading-phone')
    await small.getByRole('grid', { name: 'Gaps' }).focus()
    await small.keyboard.press('ArrowDown')
    await small.keyboard.press('Enter')
    await small.getByRole('heading', { name: 'Plan the fix' }).waitFor()
    await keepPicture(small, 'grading-gap-phone')
    const doctor = await personPage(browser, page, { login: 'li', display: '李医生', role: 'clinician' })
    const looked = await doctor.request.get(`${platform.baseUrl}/api/compliance/grading`)
    assert.equal(looked.status(), 403)
  })
})
