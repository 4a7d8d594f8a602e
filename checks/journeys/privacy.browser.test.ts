/** J-SEC-3 and J-SEC-5: a refused record is opened by broken glass and judged; a patient's request by right is answered. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createFhirClient, startPlatform } from '@xinglin/client'
import type { Page } from 'playwright-core'
import { desktop, keepPicture, noBrowser, openBrowser, personPage, phone, signedInPage } from './browser.ts'

/** What is told at once stands on an open screen within this time. */
const noticeLimitMs = 3_000

const patient = {
  resourceType: 'Patient',
  id: 'journey-vip',
  identifier: [
    {
      type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
      value: 'V1001',
    },
  ],
  name: [{ use: 'official', text: '张三', family: '张', given: ['三'] }],
  gender: 'male',
  birthDate: '1970-03-07',
}
const problem = {
  resourceType: 'Condition',
  id: 'journey-vip-problem',
  subject: { reference: 'Patient/journey-vip' },
  clinicalStatus: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
  },
  code: { text: '急性心肌梗死' },
  onsetDateTime: '2001-05-01',
  recordedDate: '2001-05-01',
}

test('a refused record in an emergency, and a request by right', { skip: noBrowser }, async (journey) => {
  const platform = await startPlatform()
  after(() => platform.stop())
  const { id: clientId, secret: clientSecret } = platform.client
  const fhir = createFhirClient({ baseUrl: platform.baseUrl, clientId, clientSecret })
  const entry = [patient, problem].map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }))
  const put = await fhir.transact({ resourceType: 'Bundle', type: 'transaction', entry })
  assert.equal(put.status, 200, put.body)
  const browser = await openBrowser()
  const desk = await signedInPage(browser, platform, { language: 'zh', viewport: desktop })
  const doctor = await personPage(browser, desk, { login: 'li', display: '李医生', role: 'clinician' })
  const auditor = await personPage(browser, desk, { login: 'zhao', display: '赵审计', role: 'auditor' })
  const chart = `${platform.baseUrl}/chart/patients/journey-vip`

  await journey.test('the desk records that the patient refuses doctors; the effect is told', async () => {
    await desk.goto(`${platform.baseUrl}/privacy/consents`)
    await desk.getByPlaceholder('姓名，或完整的病案号、身份证号').fill('张三')
    await desk.keyboard.press('Enter')
    await desk.getByRole('button', { name: /张三/ }).click()
    await desk.getByText('还没有登记过授权').waitFor()
    await desk.getByRole('button', { name: '登记授权' }).click()
    await desk.getByLabel('对谁（角色）').click()
    await desk.locator('.ant-select-item', { hasText: '医生' }).click()
    await desk.locator('.ant-modal-title').click()
    await settled(desk)
    await keepPicture(desk, 'privacy-consent-form')
    await desk.getByRole('button', { name: /保\s*存/ }).click()
    await desk.getByText('不允许：医生').waitFor()
    await desk.locator('.privacy-table td', { hasText: '医生' }).first().waitFor()
    await keepPicture(desk, 'privacy-consents')
    await onPhone(desk, 'privacy-consents-phone')
  })

  await journey.test(
    'the doctor is refused, told by which consent, and breaks the glass with a reason',
    async () => {
      await auditor.goto(`${platform.baseUrl}/privacy/glass`)
      await auditor.getByText('没有紧急调阅').waitFor()
      await doctor.goto(`${platform.baseUrl}/chart`)
      await doctor.getByPlaceholder(/zs = 张三/).fill('张三')
      await doctor.getByRole('button', { name: /在不允许我查看的病历中查找/ }).click()
      await doctor.getByRole('button', { name: /V1001/ }).click()
      await doctor.getByText('这份病历不允许您查看').waitFor()
      assert.match((await doctor.locator('.x-message[role=alert]').textContent()) ?? '', /Consent\//)
      await keepPicture(doctor, 'glass-refused')
      await doctor.getByRole('button', { name: '紧急调阅' }).click()
      const act = doctor.locator('.ant-modal-footer').getByRole('button', { name: '紧急调阅' })
      await doctor.locator('.ant-modal').getByText('张三').waitFor()
      assert.equal(await act.isDisabled(), true)
      await doctor.locator('.ant-modal textarea').fill('胸痛 1 小时，急诊抢救')
      await settled(doctor)
      await keepPicture(doctor, 'glass-warning')
      await onPhone(doctor, 'glass-warning-phone')
      await act.click()
      await doctor.locator('.x-glass').waitFor()
      await doctor.getByText('急性心肌梗死').first().waitFor()
      assert.match((await doctor.locator('.x-glass').textContent()) ?? '', /紧急调阅中.*胸痛 1 小时/)
      await keepPicture(doctor, 'glass-open')
      await onPhone(doctor, 'glass-open-phone')
    },
  )

  await journey.test('the auditor sees it by itself, and judges it with grounds', async () => {
    const row = auditor.locator('.x-grid-row', { hasText: '李医生' })
    await row.waitFor({ timeout: noticeLimitMs })
    await row.click()
    await auditor.getByText('胸痛 1 小时，急诊抢救').first().waitFor()
    await keepPicture(auditor, 'glass-review')
    await onPhone(auditor, 'glass-review-phone')
    await auditor.locator('.x-side textarea').fill('与急诊病程和值班表相符')
    await auditor.getByRole('button', { name: '✓ 合理' }).click()
    await row.waitFor({ state: 'detached' })
    await auditor.getByText('已复核', { exact: true }).click()
    await auditor.locator('.x-grid-row', { hasText: '合理' }).waitFor()
  })

  await journey.test('the doctor closes the record, and it is refused again', async () => {
    await doctor.getByRole('button', { name: '现在关闭' }).click()
    await doctor.getByText('这份病历不允许您查看').waitFor()
  })

  await journey.test('the patient withdraws, and the doctor sees the record at once', async () => {
    await desk.getByRole('button', { name: /撤\s*回/ }).click()
    await desk.locator('.ant-modal textarea').fill('患者本人要求')
    await desk
      .locator('.ant-modal-footer')
      .getByRole('button', { name: /撤\s*回/ })
      .click()
    await desk.getByText('已撤回').waitFor()
    await doctor.goto(chart)
    await doctor.getByText('急性心肌梗死').first().waitFor()
    assert.equal(await doctor.locator('.x-glass').count(), 0)
  })

  await journey.test(
    'a copy is asked for, identity is proved, the copy is made and handed over',
    async () => {
      await desk.goto(`${platform.baseUrl}/privacy/requests`)
      await desk.getByRole('button', { name: '登记请求' }).click()
      await desk.locator('.ant-modal').getByPlaceholder('姓名，或完整的病案号、身份证号').fill('V1001')
      await desk.keyboard.press('Enter')
      await desk.getByRole('button', { name: /张三/ }).click()
      await desk.getByLabel('要求').fill('复印全部病历')
      await desk.getByRole('button', { name: /保\s*存/ }).click()
      await desk.getByLabel('号码后四位').fill('0012')
      await desk.getByRole('button', { name: '核对身份' }).click()
      const [download] = await Promise.all([
        desk.waitForEvent('download'),
        desk.getByRole('button', { name: '生成副本' }).click(),
      ])
      assert.equal(download.suggestedFilename(), 'record-journey-vip.ndjson')
      await desk.getByText('SHA-256').waitFor()
      await desk.getByLabel('答复内容').fill('已当面交付')
      await keepPicture(desk, 'privacy-requests')
      await onPhone(desk, 'privacy-requests-phone')
      await desk.getByRole('button', { name: '✓ 同意' }).click()
      await desk.getByText('没有请求').waitFor()
    },
  )

  await journey.test('a role is masked and works under a watermark', async () => {
    await desk.goto(`${platform.baseUrl}/privacy/masking`)
    await desk.locator('tr[data-role=clinician]').getByRole('button').click()
    await desk.locator('.ant-modal').getByLabel('姓名').check()
    await desk.locator('.ant-modal').getByLabel('水印').check()
    await desk.locator('.ant-modal textarea').fill('窗口岗位')
    await desk.getByRole('button', { name: /保\s*存/ }).click()
    await desk.locator('tr[data-role=clinician]', { hasText: '姓名' }).waitFor()
    await keepPicture(desk, 'privacy-masking')
    await doctor.waitForTimeout(noticeLimitMs)
    await doctor.goto(chart)
    await doctor.locator('.x-banner-name', { hasText: '张*' }).waitFor()
    assert.match(
      (await doctor.locator('.s-watermark').getAttribute('data-watermark')) ?? '',
      /^李医生 .*\d\d:\d\d/,
    )
    await doctor.goto(`${platform.baseUrl}/chart`)
    await doctor.locator('.x-grid-row', { hasText: '张*' }).waitFor()
    await doctor.getByPlaceholder(/zs = 张三/).fill('张')
    await doctor.getByText('没有权限').waitFor()
    await keepPicture(doctor, 'watermark')
  })

  await journey.test('a deletion is granted, confirmed by a second person, and certified', async () => {
    const { request } = await asked<{ request: string }>(desk, 'request-right', {
      ...{ patient: 'journey-vip', kind: 'deletion', wish: '删除全部个人信息' },
      asker: { name: '张三', relation: 'patient' },
    })
    await asked(desk, 'prove-identity', { request, document: 'identity-card', lastFour: '0012' })
    await desk.goto(`${platform.baseUrl}/privacy/requests?request=${request}`)
    await desk.getByLabel('答复内容').fill('同意删除')
    await desk.getByRole('button', { name: '✓ 同意' }).click()
    await desk.getByText('没有请求').waitFor()
    await desk.goto(`${platform.baseUrl}/privacy/erasures`)
    await desk.locator('.x-grid-row', { hasText: '等待第二人复核' }).click()
    await desk.getByText('请由另一位有复核权限的人确认').waitFor()
    await auditor.goto(`${platform.baseUrl}/privacy/erasures`)
    await auditor.locator('.x-grid-row', { hasText: '张三' }).click()
    await auditor.getByRole('button', { name: '确认删除' }).click()
    await keepPicture(auditor, 'erasure-confirm')
    await auditor.locator('.ant-modal-footer').getByRole('button', { name: '确认删除' }).click()
    await auditor.locator('.x-grid-row', { hasText: '已全部删除' }).waitFor()
    await auditor.getByText('删除证明 1').waitFor()
    await keepPicture(auditor, 'erasure-done')
    await onPhone(auditor, 'erasure-done-phone')
    await doctor.goto(chart)
    await doctor.getByText('这条记录已经删除').waitFor()
    await keepPicture(doctor, 'erased-chart')
  })
})

/** Runs a command of the desk as the person of a page. */
function asked<T>(page: Page, command: string, body: object): Promise<T> {
  return page.evaluate(
    async ({ command, body }) => {
      const answer = await fetch(`/api/privacy/commands/${command}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-xinglin': '1' },
        body: JSON.stringify(body),
      })
      return answer.status === 204 ? undefined : answer.json()
    },
    { command, body },
  )
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
