/** The way of an integrator through the record explorer: a type, a query, a resource, what changed in it, what is wrong with another. */
import assert from 'node:assert/strict'
import type { Platform } from '@xinglin/client'
import type { Page } from 'playwright-core'
import { keepPicture } from './browser.ts'

/** Writes two versions of a ward by FHIR. */
export async function putWard(platform: Platform, token: string): Promise<void> {
  for (const name of ['九病区', '第九病区']) {
    const { status } = await fetch(`${platform.baseUrl}/fhir/R4/Location/ward-9`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
      body: JSON.stringify({ resourceType: 'Location', id: 'ward-9', status: 'active', name }),
    })
    assert.ok(status < 300, `PUT Location was answered by ${status}`)
  }
}

/** Walks it on a page in Chinese where an administrator has signed in. */
export async function walkExplorer(page: Page, platform: Platform): Promise<void> {
  await page.goto(`${platform.baseUrl}/record-explorer`)
  await page.getByPlaceholder('筛选类型').fill('locat')
  await page.locator('.x-grid-row', { hasText: 'Location' }).first().click()

  const add = page.getByRole('combobox', { name: '添加参数' })
  await add.click()
  await add.fill('name')
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'name', exact: true }).fill('第九')
  assert.equal(
    await page.getByRole('textbox', { name: '查询地址' }).inputValue(),
    'Location?name=%E7%AC%AC%E4%B9%9D',
  )
  await page.keyboard.press('Enter')
  await page.getByRole('status').filter({ hasText: '1 / 共 1 条' }).waitFor()
  assert.ok(!page.url().includes('name'), 'the address of the page holds no value that was searched for')
  await keepPicture(page, 'explorer-search')
  await keepQuery(page)

  await page.getByRole('link', { name: '第九病区' }).first().click()
  await page.getByText('历史与对比').click()
  await page.getByRole('list', { name: '变更列表' }).getByText('Location.name').waitFor()
  await page.getByRole('region', { name: '逐行对比' }).getByText('九病区', { exact: false }).first().waitFor()
  await keepPicture(page, 'explorer-versions')

  await page.goto(`${platform.baseUrl}/record-explorer/validate`)
  await page.getByRole('textbox', { name: '资源 JSON' }).fill('{"resourceType":"Location","status":"open"}')
  await page.keyboard.press('Control+Enter')
  const issue = page.getByRole('list', { name: '问题列表' }).getByText('Location.status').first()
  await issue.waitFor()
  await page.getByText('代码不在规定的值集中').first().waitFor()
  await keepPicture(page, 'explorer-validate')
}

/** Kept under a name, run from the list of kept ones, deleted; on the server, so that it outlives the page. */
async function keepQuery(page: Page): Promise<void> {
  await page.getByRole('button', { name: '保存查询' }).click()
  await page.getByRole('textbox', { name: '名称', exact: true }).fill('第九病区')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: '保存查询' }).waitFor({ state: 'hidden' })
  await page.reload()
  await page.getByRole('button', { name: '我的查询' }).click()
  await page.getByRole('button', { name: '运行 第九病区' }).click()
  await page.getByRole('status').filter({ hasText: '1 / 共 1 条' }).waitFor()
  await page.getByRole('button', { name: '我的查询' }).click()
  await page.getByRole('button', { name: '删除 第九病区' }).click()
  await page.locator('.ant-popconfirm').getByRole('button', { name: '删除' }).click()
  await page.getByText('还没有保存的查询').waitFor()
  await page.keyboard.press('Escape')
}
