/** Exports and imports on screen: files go in with a faulty line told of, come out again, and are taken away. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import type { Platform } from '@xinglin/client'
import type { Page } from 'playwright-core'
import { keepPicture } from './browser.ts'

const wards = [
  '{"resourceType":"Location","id":"ward-21","status":"active","name":"二十一病区"}',
  '{"resourceType":"Location","id":"ward-22","status":"open"}',
  '{"resourceType":"Location","id":"ward-23","status":"active","name":"二十三病区"}',
]

/** Walks it on a page in Chinese where an administrator has signed in. */
export async function walkBulk(page: Page, platform: Platform): Promise<void> {
  await page.goto(`${platform.baseUrl}/record-explorer/jobs`)
  await page.getByText('没有导出或导入').waitFor()
  await importWards(page)
  await exportWards(page)
}

async function importWards(page: Page): Promise<void> {
  await page.getByRole('button', { name: '新建导入' }).click()
  await page.locator('input[type=file]').setInputFiles({
    name: 'wards.ndjson',
    mimeType: 'application/x-ndjson',
    buffer: Buffer.from(`${wards.join('\n')}\n`),
  })
  await page.getByRole('button', { name: '开始导入' }).click()
  const refusals = page.getByRole('region', { name: '被拒绝的行' })
  await refusals.getByText('文件 1 · 第 2 行').waitFor({ timeout: 30_000 })
  await refusals.getByText('fhir.code').waitFor()
  await keepPicture(page, 'bulk-import')
  await page.keyboard.press('Escape')
}

async function exportWards(page: Page): Promise<void> {
  await page.getByRole('button', { name: '新建导出' }).click()
  await page.getByLabel('元素').fill('name, colour')
  await page.getByRole('button', { name: '开始导出' }).click()
  await page.getByRole('alert').getByText('_elements').waitFor()
  await page.getByLabel('元素').fill('name')
  await page.getByRole('combobox', { name: '资源类型' }).fill('Location')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: '开始导出' }).click()
  const download = page.getByRole('link', { name: '下载' })
  await download.first().waitFor({ timeout: 30_000 })
  const [file] = await Promise.all([page.waitForEvent('download'), download.first().click()])
  const text = await readFile(await file.path(), 'utf8')
  assert.match(file.suggestedFilename(), /^Location-\d+\.ndjson$/)
  assert.ok(text.includes('二十一病区') && text.includes('二十三病区') && !text.includes('"active"'))
  await keepPicture(page, 'bulk-export')

  await page.getByRole('button', { name: '删除文件' }).click()
  await page.getByText('这次导出的文件不能再下载').waitFor()
  await page.locator('.ant-popconfirm').getByRole('button', { name: '删除文件' }).click()
  await page.getByRole('status').filter({ hasText: '已取消' }).waitFor()
}
