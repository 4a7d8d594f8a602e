/** Terminology on screen: a code system comes in from a file, is opened as a tree, found in by pinyin, and its codes are translated. */
import type { Platform } from '@xinglin/client'
import type { Page } from 'playwright-core'
import { keepPicture } from './browser.ts'

const system = 'http://hospital.test/CodeSystem/departments'
const departments = [
  '编码,名称,英文名称,上级编码',
  'N,内科,Internal medicine,',
  'N1,心血管内科,Cardiology,N',
  'N2,内分泌科,Endocrinology,N',
  'W,外科,Surgery,',
]

/** Walks it on a page in Chinese where an administrator has signed in. */
export async function walkTerminology(page: Page, platform: Platform): Promise<void> {
  await page.goto(`${platform.baseUrl}/terminology?part=imports`)
  await importDepartments(page)
  await page.goto(`${platform.baseUrl}/terminology`)
  await goThroughSystem(page)
  await page.goto(`${platform.baseUrl}/terminology?part=sets`)
  await expandGender(page)
  await page.goto(`${platform.baseUrl}/terminology?part=translate`)
  await translateGender(page)
}

async function importDepartments(page: Page): Promise<void> {
  await page.getByText('还没有导入').waitFor()
  await page.getByRole('button', { name: '导入代码系统' }).click()
  await page.locator('input[type=file]').setInputFiles({
    name: 'departments.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`${departments.join('\n')}\n`),
  })
  await page.getByRole('combobox', { name: '上级编码' }).waitFor()
  await page.getByLabel('代码系统地址').fill(system)
  await page.getByLabel('正式名称').fill('科室')
  await page.getByRole('button', { name: '开始导入' }).click()
  await page.locator('.x-grid-row', { hasText: system }).getByText('完成').waitFor({ timeout: 30_000 })
  await keepPicture(page, 'terminology-imports')
}

/** By keys alone, once the filter has found the system. */
async function goThroughSystem(page: Page): Promise<void> {
  await page.getByPlaceholder('按名称或地址筛选').fill('departments')
  await page.getByRole('grid', { name: '代码系统' }).getByText('科室').click()
  const tree = page.getByRole('grid', { name: '层次' })
  await tree.getByText('Internal medicine').waitFor()
  await tree.focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await tree.getByText('心血管内科').waitFor()
  await page.keyboard.press('ArrowDown')
  const concept = page.getByRole('region', { name: '概念', exact: true })
  await concept.getByRole('heading', { name: 'N1 心血管内科' }).waitFor()
  await concept.getByRole('navigation', { name: '上级' }).getByText('内科', { exact: false }).waitFor()
  await keepPicture(page, 'terminology-tree')

  await page.getByPlaceholder('代码、名称、拼音或首字母').fill('nfmk')
  await page.getByRole('status').filter({ hasText: '1 个匹配' }).waitFor()
  await page.getByRole('grid').getByText('内分泌科').click()
  await concept.getByRole('heading', { name: 'N2 内分泌科' }).waitFor()
}

async function expandGender(page: Page): Promise<void> {
  await page.getByPlaceholder('按名称或地址筛选').fill('ValueSet/administrative-gender')
  await page.getByRole('grid', { name: '值集' }).getByText('AdministrativeGender').first().click()
  await page.getByRole('status').filter({ hasText: '4 个概念' }).waitFor()
  await page.getByPlaceholder('筛选：代码').fill('fem')
  await page.getByRole('status').filter({ hasText: '1 个概念' }).waitFor()
  await keepPicture(page, 'terminology-expansion')
}

async function translateGender(page: Page): Promise<void> {
  await page
    .getByRole('combobox', { name: '代码系统', exact: true })
    .fill('http://hl7.org/fhir/administrative-gender')
  await page.getByRole('combobox', { name: '代码', exact: true }).fill('female')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: '对照', exact: true }).click()
  await page.getByRole('region', { name: '对照结果' }).getByText('v3-AdministrativeGender').first().waitFor()
  await keepPicture(page, 'terminology-translate')
}
