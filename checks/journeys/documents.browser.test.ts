/** Shared documents on screen: the institution is named, a report becomes a document, is read, replaced and judged. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createFhirClient, startPlatform } from '@xinglin/client'
import { desktop, keepPicture, noBrowser, openBrowser, personPage, phone, signedInPage } from './browser.ts'
import { reportTransaction } from './documents-record.ts'

test('a laboratory report becomes a shared document', { skip: noBrowser }, async (journey) => {
  const platform = await startPlatform()
  after(() => platform.stop())
  const { id: clientId, secret: clientSecret } = platform.client
  const fhir = createFhirClient({ baseUrl: platform.baseUrl, clientId, clientSecret })
  assert.equal((await fhir.transact(reportTransaction)).status, 200)
  const browser = await openBrowser()
  const page = await signedInPage(browser, platform, { language: 'zh', viewport: desktop })
  const address = `${platform.baseUrl}/documents`

  await journey.test('nothing is there before the institution is named', async () => {
    await page.goto(address)
    await page.getByText('没有符合条件的文档').waitFor()
    await page.getByRole('button', { name: /设\s?置/ }).click()
    await page.getByLabel('机构名称').fill('杏林医院')
    await page.getByLabel('机构代码', { exact: true }).fill('400000000')
    await page.getByRole('button', { name: /保\s?存/ }).click()
    await page.getByLabel('机构名称').waitFor({ state: 'hidden' })
  })

  await journey.test('it is made of a report of the patient, and read', async () => {
    await page.getByRole('button', { name: '生成文档' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: '类型' }).click()
    await page.getByText('C0007 检验报告').last().click()
    await dialog.getByLabel('患者').fill('张三')
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: /生\s?成/ }).click()
    const read = page.locator('[data-document-page]')
    await read.getByRole('heading', { name: '检验报告' }).waitFor()
    await read.getByRole('cell', { name: '6.1 mmol/L' }).waitFor()
    await keepPicture(page, 'documents-read')
    await page.getByRole('tab', { name: /校验/ }).click()
    await page.getByText('符合全部规则').waitFor()
    const xml = await page.getByRole('link', { name: '下载 XML' }).getAttribute('href')
    const answer = await page.request.get(new URL(xml ?? '', address).href)
    assert.equal(answer.headers()['content-type'], 'application/xml; charset=utf-8')
    assert.ok((await answer.text()).includes('<title>检验报告</title>'))
  })

  await journey.test('on paper the document stands alone under the name of who printed it', async () => {
    await page.getByRole('tab', { name: '文档' }).click()
    await page.emulateMedia({ media: 'print' })
    await page.locator('.documents-mark').waitFor()
    await keepPicture(page, 'documents-print')
    await page.emulateMedia({ media: 'screen' })
  })

  await journey.test('a document of others is judged', async () => {
    await page.goto(`${platform.baseUrl}/documents/validate`)
    const broken = '<ClinicalDocument xmlns="urn:hl7-org:v3"><title>一份</title></ClinicalDocument>'
    await page
      .getByLabel('选择 XML 文件')
      .setInputFiles({ name: 'a.xml', mimeType: 'text/xml', buffer: Buffer.from(broken) })
    await page.locator('[data-rule="header-missing"]').first().waitFor()
    await keepPicture(page, 'documents-validate')
    const hostile = Buffer.from('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    await page
      .getByLabel('选择 XML 文件')
      .setInputFiles({ name: 'b.xml', mimeType: 'text/xml', buffer: hostile })
    await page.getByText('不是 CDA 文档').waitFor()
  })

  await journey.test('on a phone in English; who holds no right is refused', async () => {
    const small = await signedInPage(browser, platform, { language: 'en', viewport: phone })
    await small.goto(address)
    await small.getByText('检验报告').first().waitFor()
    await keepPicture(small, 'documents-phone')
    await small.getByText('检验报告').first().click()
    await small.locator('[data-document-page]').waitFor()
    await keepPicture(small, 'documents-read-phone')
    const doctor = await personPage(browser, page, { login: 'wu', display: '吴审计', role: 'auditor' })
    const looked = await doctor.request.get(`${platform.baseUrl}/api/documents/types`)
    assert.equal(looked.status(), 403)
  })
})
