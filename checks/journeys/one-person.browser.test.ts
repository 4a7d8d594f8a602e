/** One person, one record: a doubtful pair is compared, merged into one chart, and taken apart again exactly. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createFhirClient, fetchToken, type Platform, startPlatform } from '@xinglin/client'
import type { Page } from 'playwright-core'
import { desktop, keepPicture, noBrowser, openBrowser, phone, signedInPage } from './browser.ts'

const mr = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] }
const number = (value: string) => ({ system: 'urn:oid:2.999.86.7.1', value, type: mr })

/** The same home, day and sex, a name of the same sound, and no card the second time. */
const patient = {
  resourceType: 'Patient',
  id: 'journey-wei',
  active: true,
  name: [{ text: '张伟' }],
  gender: 'male',
  birthDate: '1984-01-18',
  identifier: [number('100001'), { system: 'urn:oid:2.16.156.10011.1.3', value: '370102198401184073' }],
  telecom: [{ system: 'phone', value: '13800138000' }],
  address: [{ text: '山东省济南市历下区泉城路8号3号楼2单元101室' }],
}
const again = {
  ...patient,
  id: 'journey-wei-again',
  name: [{ text: '章伟' }],
  identifier: [number('200002')],
  telecom: [{ system: 'phone', value: '13900139000' }],
}
/** Twins, and two of one name: pairs that a person must judge. */
const twin = (id: string, name: string, place: number) => ({
  ...{ resourceType: 'Patient', id, gender: 'male', birthDate: '2025-03-04', multipleBirthInteger: place },
  ...{ name: [{ text: name }], telecom: patient.telecom, address: patient.address },
})
const visit = (id: string, of: string) => ({
  ...{ resourceType: 'Encounter', id, status: 'finished', class: { code: 'AMB' } },
  subject: { reference: `Patient/${of}` },
})
const allergy = {
  resourceType: 'AllergyIntolerance',
  id: 'journey-wei-allergy',
  patient: { reference: 'Patient/journey-wei-again' },
  clinicalStatus: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
  },
  code: { text: '青霉素' },
}
const resources = [
  ...[patient, again, twin('journey-twin-1', '李子涵', 1), twin('journey-twin-2', '李子轩', 2), allergy],
  ...[visit('journey-v1', patient.id), visit('journey-v2', patient.id), visit('journey-v3', again.id)],
]

/** Everything of a chart, without versions, times and notes of who changed what. */
async function chartOf(platform: Platform, id: string): Promise<readonly unknown[]> {
  const { value } = await fetchToken(platform.baseUrl, platform.client)
  const response = await fetch(`${platform.baseUrl}/fhir/R4/Patient/${id}/$everything?_count=100`, {
    headers: { authorization: `Bearer ${value}` },
  })
  assert.equal(response.status, 200)
  const { entry = [] }: { entry?: { resource: { resourceType: string; id: string; meta?: unknown } }[] } =
    JSON.parse(await response.text())
  return entry
    .map(({ resource: { meta: _meta, ...rest } }) => rest)
    .filter(({ resourceType }) => resourceType !== 'Provenance')
    .toSorted((left, right) => (left.id < right.id ? -1 : 1))
}

const chartsOf = async (platform: Platform) =>
  Promise.all([patient.id, again.id].map((id) => chartOf(platform, id)))

test('a doubtful pair is judged, merged and taken apart', { skip: noBrowser }, async (journey) => {
  const platform = await startPlatform()
  after(() => platform.stop())
  const { id: clientId, secret: clientSecret } = platform.client
  const fhir = createFhirClient({ baseUrl: platform.baseUrl, clientId, clientSecret })
  const entry = resources.map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }))
  const put = await fhir.transact({ resourceType: 'Bundle', type: 'transaction', entry })
  assert.equal(put.status, 200, put.body)
  const before = await chartsOf(platform)
  const browser = await openBrowser()
  const desk = await signedInPage(browser, platform, { language: 'zh', viewport: desktop })

  await journey.test('the pair stands in the work list, and side by side tells why', async () => {
    await desk.goto(`${platform.baseUrl}/master-index`)
    const row = desk.locator('.x-grid-row', { hasText: '章伟' })
    await row.waitFor()
    await keepPicture(desk, 'master-index-list')
    await onPhone(desk, 'master-index-list-phone')
    await row.click()
    await desk.locator('.mi-row', { hasText: '同音' }).waitFor()
    await keepPicture(desk, 'master-index-pair')
    await onPhone(desk, 'master-index-pair-phone')
  })

  await journey.test('a key takes the pair on, another opens the next one', async () => {
    await desk.keyboard.press('t')
    await desk.getByText(/处理中/).waitFor()
    await desk.keyboard.press('j')
    await desk.locator('.mi-head', { hasText: '李子涵' }).waitFor()
    await desk.keyboard.press('d')
    await desk.locator('.mi-head', { hasText: '李子涵' }).waitFor({ state: 'detached' })
    await desk.locator('.mi-head', { hasText: '章伟' }).waitFor()
  })

  await journey.test('before the merge is told what will move, and the chart is one after it', async () => {
    await desk.keyboard.press('s')
    const dialog = desk.locator('.ant-modal')
    await dialog.getByText('保留 张伟 (100001)').waitFor()
    await dialog.locator('.mi-moves li', { hasText: '过敏' }).waitFor()
    assert.equal(await dialog.getByRole('button', { name: /合\s*并/ }).isDisabled(), true)
    await dialog.locator('textarea').fill('同一患者，未带身份证重复建档')
    await settled(desk)
    await keepPicture(desk, 'master-index-merge')
    await onPhone(desk, 'master-index-merge-phone')
    await dialog.getByRole('button', { name: /合\s*并/ }).click()
    await dialog.waitFor({ state: 'detached' })
    await desk.goto(`${platform.baseUrl}/chart/patients/${patient.id}`)
    await desk.getByText('青霉素').first().waitFor()
    const together = JSON.stringify(await chartOf(platform, patient.id))
    for (const id of ['journey-v1', 'journey-v3', allergy.id])
      assert.ok(together.includes(`"id":"${id}"`), id)
  })

  await journey.test('the merge is undone from its list, and both charts are as before', async () => {
    await desk.goto(`${platform.baseUrl}/master-index/merges`)
    await desk.locator('.x-grid-row', { hasText: '章伟' }).click()
    await desk.getByText('恢复原样').waitFor()
    await desk.locator('.mi-side textarea').fill('两人同音同日，并非一人')
    await keepPicture(desk, 'master-index-undo')
    await onPhone(desk, 'master-index-undo-phone')
    await desk.locator('.mi-side').getByRole('button', { name: '撤销合并' }).click()
    await desk
      .getByText(/并非一人/)
      .first()
      .waitFor()
    await desk.locator('.x-grid-row', { hasText: '已撤销' }).waitFor()
    assert.deepEqual(await chartsOf(platform), before)
  })

  await journey.test('the rules are tried on the known pairs, in English too', async () => {
    const english = await signedInPage(browser, platform, { language: 'en', viewport: desktop })
    await english.goto(`${platform.baseUrl}/master-index/settings`)
    await english.getByRole('button', { name: 'Try' }).click()
    await english.getByText(/known pairs/).waitFor()
    await english.getByRole('button', { name: 'Start a scan' }).click()
    await english.locator('.mi-scan', { hasText: 'Done' }).waitFor()
    await keepPicture(english, 'master-index-settings')
    await onPhone(english, 'master-index-settings-phone')
    await english.goto(`${platform.baseUrl}/master-index?state=different`)
    await english.locator('.x-grid-row').first().click()
    await english.getByRole('button', { name: 'Judge again' }).waitFor()
    await keepPicture(english, 'master-index-pair-english')
  })
})

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
