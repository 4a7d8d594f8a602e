/** B-PF-11: a dictionary gets its owner, its entries from a file, a version, a second one; mapped to a terminology by two people. */
import { deepEqual, equal } from 'node:assert/strict'
import { after, test } from 'node:test'
import { startPlatform } from '@xinglin/client'
import { desktop, keepPicture, noBrowser, openBrowser, personPage, phone, signedInPage } from './browser.ts'

const terminology = {
  resourceType: 'CodeSystem',
  ...{ url: 'http://www.whocc.no/atc', version: '2026', title: 'ATC', status: 'active', content: 'complete' },
  concept: [
    {
      code: 'N02BA01',
      display: 'acetylsalicylic acid',
      designation: [{ language: 'zh', value: '阿司匹林' }],
    },
    { code: 'N02BE01', display: 'paracetamol', designation: [{ language: 'zh', value: '对乙酰氨基酚' }] },
  ],
}
const file = 'code,display,english\nD001,阿司匹林,Aspirin\nD002,对乙酰氨基酚,\nD003,布洛芬缓释片,\n'

test('the dictionary of drugs', { skip: noBrowser }, async (journey) => {
  const platform = await startPlatform()
  after(() => platform.stop())
  const browser = await openBrowser()
  const page = await signedInPage(browser, platform, { language: 'zh', viewport: desktop })
  const chosen = (name: string) => page.locator('.ant-segmented-item-label', { hasText: name }).click()

  await journey.test('it is made with one owner', async () => {
    await page.goto(`${platform.baseUrl}/dictionaries`)
    await page.getByText('还没有字典').waitFor()
    await page.getByRole('button', { name: '新建字典' }).click()
    await page.getByLabel('名称').fill('药品字典')
    await page.getByLabel('标识').fill('drug')
    await page.getByRole('combobox', { name: '类别' }).click()
    await page.locator('.ant-select-item-option-content', { hasText: '药品' }).click()
    await page.getByRole('combobox', { name: '责任人' }).click()
    await page.locator('.ant-select-item-option-content', { hasText: '(admin)' }).click()
    await page.getByRole('button', { name: /保\s?存/ }).click()
    await page.getByText('没有条目').waitFor()
  })

  await journey.test('its entries come from a file; one with a fault is refused whole, by line', async () => {
    const choose = (text: string) =>
      page.locator('input[type=file]').setInputFiles({
        name: 'drugs.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(text),
      })
    await choose(`${file}D004,\n`)
    await page.getByRole('alert').getByText('文件第 5 行无法读取').waitFor()
    await choose(file)
    await page.getByText('读入 3 条，其中 3 条有变化').waitFor()
    await page.getByRole('grid', { name: '条目' }).getByText('布洛芬缓释片').waitFor()
  })

  await journey.test(
    'a version is published, an entry changed, and the next version tells what differs',
    async () => {
      const publish = async (note: string) => {
        await page.getByRole('button', { name: /^发\s?布$/ }).click()
        const form = page.getByRole('dialog')
        await form.getByLabel('版本说明').fill(note)
        await form.getByRole('button', { name: /^发\s?布$/ }).click()
        await form.waitFor({ state: 'detached' })
      }
      await publish('首次发布')
      await page.getByText('第 1 版').first().waitFor()
      await page.getByRole('grid', { name: '条目' }).getByText('布洛芬缓释片').click()
      const side = page.locator('aside.x-side')
      await side.getByLabel('英文名').fill('Ibuprofen')
      await side.getByRole('button', { name: /保\s?存/ }).click()
      await side.getByRole('button', { name: '撤销修改' }).waitFor()
      await keepPicture(page, 'dictionaries-entry')
      await publish('补充英文名')
      await chosen('版本')
      await page.locator('[data-version="2"]').getByRole('button').click()
      await page.locator('[data-change="changed"]').getByText('Ibuprofen').waitFor()
      await keepPicture(page, 'dictionaries-versions')
    },
  )

  await journey.test('a system that subscribes has acknowledged nothing yet', async () => {
    await page.getByRole('button', { name: '登记订阅' }).click()
    await page.getByLabel('系统名称').fill('药房发药机')
    await page.getByLabel('系统（client/标识）').fill('client/dispenser')
    await page.getByRole('button', { name: /保\s?存/ }).click()
    await page.locator('[data-subscriber="client/dispenser"]').getByText('尚未确认任何版本').waitFor()
  })

  await journey.test('names that agree are proposed, and reviewed by somebody else', async () => {
    const made = await page.evaluate(async (body) => {
      const answer = await fetch('/fhir/R4/CodeSystem', {
        method: 'POST',
        headers: { 'content-type': 'application/fhir+json', 'x-xinglin': '1' },
        body: JSON.stringify(body),
      })
      return answer.status
    }, terminology)
    equal(made, 201)
    await chosen('术语对照')
    await page.getByRole('combobox', { name: '标准术语' }).fill('atc')
    await page.locator('.ant-select-item-option-content', { hasText: 'whocc.no/atc' }).click()
    await page.getByRole('button', { name: '按名称自动提出' }).click()
    await page.getByText('查看 3 条，提出 2 条').waitFor()
    await page.getByRole('grid', { name: '术语对照' }).getByText('布洛芬缓释片').click()
    await page.getByText('没有找到相近的概念').waitFor()
    await keepPicture(page, 'dictionaries-mapping')
    const other = await personPage(browser, page, { login: 'wang', display: '王药师', role: 'integrator' })
    await other.goto(page.url())
    await other.locator('.ant-segmented-item-label', { hasText: '待审核' }).click()
    await other.getByRole('grid', { name: '术语对照' }).getByText('阿司匹林').first().click()
    await other.getByRole('button', { name: '审核通过' }).click()
    await other.getByText('1 / 3 条已对照（33%），1 条待审核').waitFor()
    await other.goto(`${platform.baseUrl}/dictionaries/drug`)
    await other.getByRole('grid', { name: '条目' }).waitFor()
    deepEqual(await other.getByRole('button', { name: /^发\s?布$/ }).count(), 0)
  })

  await journey.test('on a phone in English it is read with the keyboard', async () => {
    const small = await signedInPage(browser, platform, { language: 'en', viewport: phone })
    await small.goto(`${platform.baseUrl}/dictionaries`)
    await small.getByText('药品字典').waitFor()
    await keepPicture(small, 'dictionaries-phone')
    await small.getByRole('grid', { name: 'Dictionaries' }).focus()
    await small.keyboard.press('ArrowDown')
    await small.keyboard.press('Enter')
    await small.getByRole('grid', { name: 'Entries' }).getByText('布洛芬缓释片').click()
    await small.getByRole('button', { name: 'Save' }).waitFor()
    await keepPicture(small, 'dictionaries-entry-phone')
  })
})
