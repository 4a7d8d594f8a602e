/** The spine: what public clients send at three doors stands on one patient's page, and what comes later appears by itself. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type Platform, startPlatform } from '@xinglin/client'
import type { Browser, Page } from 'playwright-core'
import { signIn } from '../drills/fhir.ts'
import { desktop, keepPicture, noBrowser, openBrowser, phone, signedInPage } from './browser.ts'
import { walkBulk } from './bulk.ts'
import { putWard, walkExplorer } from './explorer.ts'
import { admission, mrn, result, transaction } from './one-patient.ts'
import { hasStorescu, sendHl7, sendTransaction, storeSeries } from './public-clients.ts'
import { walkTerminology } from './terminology.ts'

const slices = 12
/** What arrives at a door is on an open page within this time. */
const freshWithinMs = 2000
let page: Page
let hasImages = false

if (noBrowser) test('the spine in a browser', { skip: noBrowser })
else walk(await startPlatform(), await openBrowser())

function walk(platform: Platform, browser: Browser): void {
  after(() => platform.stop())

  test('public clients are answered as their protocols say', async (context) => {
    const { token } = await signIn(platform)
    assert.equal(await sendTransaction(platform, token, transaction), transaction.entry.length)
    assert.equal(await sendHl7(platform, admission), 'AA')
    assert.equal(await sendHl7(platform, result('J2', '5.9', '20261121083000+0800')), 'AA')
    hasImages = await hasStorescu()
    if (!hasImages) return context.diagnostic('dcmtk is not installed: the CT series is left out')
    const folder = await mkdtemp(join(tmpdir(), 'xinglin-series-'))
    await storeSeries(platform, folder, slices, mrn.value)
    await rm(folder, { recursive: true })
  })

  test('the patient is found by pinyin initials and the page shows all of it', {
    skip: noBrowser,
  }, async () => {
    page = await signedInPage(browser, platform, { language: 'zh', viewport: desktop })
    await page.goto(`${platform.baseUrl}/chart`)
    await page.locator('.chart-find input').waitFor()
    await page.keyboard.type('lxy')
    await page.getByText('林晓雨').first().waitFor()
    await keepPicture(page, 'find')
    await page.keyboard.press('Enter')
    for (const words of ['林晓雨', mrn.value, '青霉素', '甲状腺功能亢进症', '甲巯咪唑片', '5.9', '0.02']) {
      await page.getByText(words).filter({ visible: true }).first().waitFor()
    }
    if (hasImages) await page.getByText(`${slices} 幅`).first().waitFor()
    await keepPicture(page, 'record')
  })

  test('a result that arrives while the page is open appears by itself within two seconds', {
    skip: noBrowser,
  }, async () => {
    const sentAt = performance.now()
    assert.equal(await sendHl7(platform, result('J3', '6.3', '20261121093000+0800')), 'AA')
    await page.getByText('6.3').first().waitFor()
    const tookMs = performance.now() - sentAt
    assert.ok(tookMs < freshWithinMs, `it took ${Math.round(tookMs)} ms`)
    await keepPicture(page, 'record-live')
  })

  test('a value shows the field and bytes of the message that made it', { skip: noBrowser }, async () => {
    await page.locator('.x-quantity', { hasText: '6.3' }).first().click()
    const element = page.locator('.chart-lineage details', { hasText: 'valueQuantity.value' })
    await element.locator('summary').click()
    await element.locator('mark', { hasText: '6.3' }).waitFor()
    await keepPicture(page, 'lineage')
    await element.getByRole('link').click()
    await page.locator('.i-mark-field', { hasText: '6.3' }).waitFor()
    await keepPicture(page, 'lineage-message')
  })

  test('the viewer shows the pixels', async (context) => {
    if (!hasImages) return context.skip('dcmtk is not installed')
    await page.goto(`${platform.baseUrl}/imaging/viewer/2.999.86.8.1`)
    await page.locator('canvas').first().waitFor()
    await page.waitForFunction(() => {
      const canvas = document.querySelector('canvas')
      if (!canvas) return false
      const copy = document.createElement('canvas')
      copy.width = canvas.width
      copy.height = canvas.height
      const drawing = copy.getContext('2d')
      drawing?.drawImage(canvas, 0, 0)
      const data = drawing?.getImageData(0, 0, copy.width, copy.height).data ?? new Uint8ClampedArray()
      return data.some((level, index) => index % 4 === 0 && level > 40)
    })
    await keepPicture(page, 'viewer')
  })

  test('the connections show what each door took', async () => {
    await page.goto(`${platform.baseUrl}/integration/connections`)
    await page.getByText('ORU^R01').first().waitFor()
    await keepPicture(page, 'connections')
  })

  test('an integrator finds a type, writes and keeps a query, compares versions and validates', async () => {
    const { token } = await signIn(platform)
    await putWard(platform, token)
    await walkExplorer(page, platform)
  })

  test('an administrator imports a file, sees its refused line, exports and fetches what came in', async () => {
    await walkBulk(page, platform)
  })

  test('a code system comes in from a file, is opened as a tree and found in, and codes are translated', async () => {
    await walkTerminology(page, platform)
  })

  test('the record is read on a phone in English and in the dark', async () => {
    const small = await signedInPage(browser, platform, { language: 'en', viewport: phone, tone: 'dark' })
    await small.goto(`${platform.baseUrl}/chart`)
    await small.locator('.chart-find input').waitFor()
    await small.keyboard.type(mrn.value)
    await small.getByText('林晓雨').first().waitFor()
    await small.keyboard.press('Enter')
    await small.getByText('青霉素').first().waitFor()
    const width = await small.evaluate(() => document.documentElement.scrollWidth)
    assert.equal(width, phone.width)
    await keepPicture(small, 'record-phone')
  })
}
