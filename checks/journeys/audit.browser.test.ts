/** The audit desk: who opened a record, what stands out, whether the trail is whole, and what a patient is told on paper. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createFhirClient, type Platform, startPlatform } from '@xinglin/client'
import { Client } from 'pg'
import type { Page } from 'playwright-core'
import { desktop, keepPicture, noBrowser, openBrowser, personPage, phone, signedInPage } from './browser.ts'

const system = 'http://terminology.hl7.org/CodeSystem'
const person = (id: string, mrn: string, text: string) => ({
  ...{ resourceType: 'Patient', id, gender: 'male', birthDate: '1970-03-07' },
  identifier: [{ type: { coding: [{ system: `${system}/v2-0203`, code: 'MR' }] }, value: mrn }],
  name: [{ use: 'official', text }],
})
const chart = [
  person('audit-zhang', 'A2001', '张三'),
  person('audit-colleague', 'A2002', '赵审计'),
  {
    ...{ resourceType: 'Condition', id: 'audit-problem', subject: { reference: 'Patient/audit-zhang' } },
    clinicalStatus: { coding: [{ system: `${system}/condition-clinical`, code: 'active' }] },
    code: { text: '急性心肌梗死' },
    recordedDate: '2001-05-01',
  },
]

test('the audit desk', { skip: noBrowser }, async (journey) => {
  const platform = await startPlatform()
  after(() => platform.stop())
  const { id: clientId, secret: clientSecret } = platform.client
  const fhir = createFhirClient({ baseUrl: platform.baseUrl, clientId, clientSecret })
  const entry = chart.map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }))
  const put = await fhir.transact({ resourceType: 'Bundle', type: 'transaction', entry })
  assert.equal(put.status, 200, put.body)
  const browser = await openBrowser()
  const [desk, english] = await Promise.all([
    signedInPage(browser, platform, { language: 'zh', viewport: desktop }),
    signedInPage(browser, platform, { language: 'en', viewport: desktop }),
  ])
  const doctor = await personPage(browser, desk, { login: 'li', display: '李医生', role: 'clinician' })
  const auditor = await personPage(browser, desk, {
    ...{ login: 'zhao', display: '赵审计', role: 'audit-administrator' },
  })
  const at = (path: string) => `${platform.baseUrl}${path}`

  await journey.test('from the chart: who opened this record, each entry in full and as FHIR', async () => {
    await doctor.goto(at('/chart/patients/audit-zhang'))
    await doctor.getByText('急性心肌梗死').first().waitFor()
    await doctor.goto(at('/chart/patients/audit-colleague'))
    await doctor.locator('.x-banner-name', { hasText: '赵审计' }).waitFor()
    await desk.goto(at('/chart/patients/audit-zhang'))
    await desk.getByRole('button', { name: '谁打开过' }).click()
    await desk.locator('.audit-tools', { hasText: '张三 · A2001' }).waitFor()
    const row = desk.locator('.x-grid-row', { hasText: '李医生' }).first()
    await row.click()
    await desk.locator('.audit-fhir pre', { hasText: '"resourceType": "AuditEvent"' }).waitFor()
    await keepPicture(desk, 'audit-record')
    await onPhone(desk, 'audit-record-phone')
  })

  await journey.test('what did this person open: by outcome, out as CSV with who took it', async () => {
    await desk.getByRole('button', { name: '此人打开过什么' }).click()
    await desk.locator('.x-grid-row', { hasText: '张三' }).first().waitFor()
    const [download] = await Promise.all([
      desk.waitForEvent('download'),
      desk.getByRole('link', { name: '导出 CSV' }).click(),
    ])
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n')
    assert.match(lines[0] ?? '', /^\uFEFFid,at,actor,.*exportedBy,exportedAt$/)
    assert.ok(
      lines.slice(1).every((line) => /^\d+,[^,]+,user\/[^,]+,李医生,/.test(line)),
      lines[1],
    )
    await keepPicture(desk, 'audit-person')
    await onPhone(desk, 'audit-person-phone')
  })

  await journey.test('in English, by keyboard, empty and refused', async () => {
    await english.goto(at('/audit/explorer?patient=audit-zhang'))
    await english.getByText('Who opened this record').first().waitFor()
    await english.locator('.x-grid-row').first().waitFor()
    await english.locator('.x-grid').focus()
    await english.keyboard.press('ArrowDown')
    await english.keyboard.press('Enter')
    await english.getByText('FHIR AuditEvent (JSON)').waitFor()
    await keepPicture(english, 'audit-record-en')
    await english.goto(at('/audit/explorer?patient=nobody'))
    await english.getByText('No audit entry fits').waitFor()
    await english.goto(at('/audit/explorer?ask=person'))
    await english.getByText('Choose a person first').waitFor()
    await doctor.goto(at('/audit/explorer'))
    await doctor.getByText('没有这个页面').waitFor()
    const status = await doctor.evaluate(
      async () => (await fetch('/api/audit/entries?patient=audit-zhang')).status,
    )
    assert.equal(status, 403)
  })

  await journey.test('a threshold is changed with its reason and stays as a version', async () => {
    await auditor.goto(at('/audit/rules'))
    const rule = auditor.locator('[data-rule=mass]')
    await rule.getByRole('spinbutton').fill('40')
    await rule.getByRole('button', { name: /保\s*存/ }).click()
    await auditor.locator('.ant-modal textarea').fill('门诊量下降')
    await auditor
      .locator('.ant-modal-footer')
      .getByRole('button', { name: /保\s*存/ })
      .click()
    await auditor.locator('.audit-table tr', { hasText: '门诊量下降' }).waitFor()
    await keepPicture(auditor, 'audit-rules')
    await onPhone(auditor, 'audit-rules-phone')
    await english.goto(at('/audit/rules'))
    await english
      .getByText('Rules and thresholds')
      .first()
      .or(english.getByText('门诊量下降'))
      .first()
      .waitFor()
    await keepPicture(english, 'audit-rules-en')
  })

  await journey.test("a look into a colleague's chart stands out and is explained", async () => {
    await desk.goto(at('/audit/anomalies'))
    const row = desk.locator('.x-grid-row', { hasText: '访问同事的病历' }).filter({ hasText: '李医生' })
    await row.click()
    await desk.locator('.audit-side textarea').fill('当日收治，见入院记录')
    await keepPicture(desk, 'audit-anomaly')
    await onPhone(desk, 'audit-anomaly-phone')
    await desk.getByRole('button', { name: '✓ 已说明' }).click()
    await row.waitFor({ state: 'detached' })
    await desk.locator('.ant-segmented-item', { hasText: '已说明' }).click()
    await row.waitFor()
  })

  await journey.test(
    'the trail is verified as a job; a planted manipulation is named by place and kind',
    async () => {
      await auditor.goto(at('/audit/proof'))
      await auditor.getByText('还没有校验过').waitFor()
      await auditor.getByRole('button', { name: '开始校验' }).click()
      await auditor.getByText('完整：没有被修改').waitFor()
      const entry = await plantManipulation(platform)
      await auditor.getByRole('button', { name: '开始校验' }).click()
      await auditor
        .locator('tr', { hasText: '记录被修改' })
        .filter({ hasText: `记录 ${entry}` })
        .waitFor()
      await auditor.locator('tr', { hasText: '发现 1 处问题' }).waitFor()
      await keepPicture(auditor, 'audit-proof')
      await onPhone(auditor, 'audit-proof-phone')
      await english.goto(at('/audit/proof'))
      await english.getByText('Entry changed').waitFor()
      await keepPicture(english, 'audit-proof-en')
    },
  )

  await journey.test(
    'a patient is told on paper who, in which role, when, why, without names of staff',
    async () => {
      await auditor.goto(at('/audit/report'))
      await auditor.getByLabel('完整的病案号、身份证号或病历编号').fill('A2001')
      await auditor.keyboard.press('Enter')
      const line = auditor.locator('.audit-report-table tr', { hasText: '李**' }).first()
      await line.getByText('医生').waitFor()
      assert.equal(await auditor.getByText('李医生').count(), 0)
      await keepPicture(auditor, 'audit-report')
      await onPhone(auditor, 'audit-report-phone')
      await auditor.emulateMedia({ media: 'print' })
      await keepPicture(auditor, 'audit-report-print')
      const paper = await auditor.pdf({ preferCSSPageSize: true, printBackground: true })
      assert.equal(paper.subarray(0, 5).toString(), '%PDF-')
      await auditor.emulateMedia({ media: 'screen' })
      await english.goto(at('/audit/report?patient=audit-zhang'))
      await english.getByText('Accesses to your record').first().waitFor()
      await keepPicture(english, 'audit-report-en')
    },
  )
})

/** Changes the first entry of the trail as a superuser who switches the triggers off and on again; answers its number. */
async function plantManipulation({ dataFolder }: Platform): Promise<string> {
  const folder = join(dataFolder, 'postgres')
  const [port, password] = await Promise.all(
    ['port', 'password'].map(async (name) => (await readFile(join(folder, name), 'utf8')).trim()),
  )
  const database = new Client(`postgresql://xinglin:${password}@127.0.0.1:${port}/xinglin`)
  await database.connect()
  try {
    await database.query('alter table identity.audit disable trigger all')
    const { rows } = await database.query<{ id: string }>(`
      update identity.audit set detail = 'nothing happened'
      where id = (select min(id) from identity.audit)
      returning id::text`)
    await database.query('alter table identity.audit enable trigger all')
    return rows[0]?.id ?? ''
  } finally {
    await database.end()
  }
}

async function onPhone(page: Page, name: string): Promise<void> {
  await page.setViewportSize(phone)
  await page.waitForFunction((width) => window.innerWidth === width, phone.width)
  await keepPicture(page, name)
  await page.setViewportSize(desktop)
}
