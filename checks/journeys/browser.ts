/** A real Chromium for journeys: signs in as a person would and keeps pictures of what was seen. */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after } from 'node:test'
import type { Platform } from '@xinglin/client'
import { type Browser, chromium, type Page } from 'playwright-core'
import { root } from '../sources.ts'

const executable = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
)
const pictures = join(root, 'screenshots')
export const desktop = { width: 1440, height: 900 } as const
export const phone = { width: 390, height: 844 } as const
/** What people of a journey choose as their password. */
const chosenPassword = 'Willow-58-hill'

/** Why a journey cannot be walked on this machine; false where it can. */
export const noBrowser = executable
  ? false
  : 'there is no Chromium on this machine (apt-get install chromium fonts-noto-cjk)'

/** Starts Chromium and closes it after the tests of this file. */
export async function openBrowser(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: executable ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
    ],
  })
  after(() => browser.close())
  return browser
}

export type Visitor = {
  readonly language: 'zh' | 'en'
  readonly viewport: { width: number; height: number }
  readonly tone?: 'light' | 'dark'
}

/** A page on which the administrator of the trial has signed in. */
export async function signedInPage(browser: Browser, platform: Platform, visitor: Visitor): Promise<Page> {
  const locale = visitor.language === 'zh' ? 'zh-CN' : 'en-GB'
  const context = await browser.newContext({
    viewport: visitor.viewport,
    locale,
    timezoneId: 'Asia/Shanghai',
    colorScheme: visitor.tone ?? 'light',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  await page.goto(platform.baseUrl)
  await page.locator('input[autocomplete=username]').fill('admin')
  await page.locator('input[autocomplete=current-password]').fill(platform.administratorPassword)
  await page.keyboard.press('Enter')
  await page.locator('input[autocomplete=current-password]').waitFor({ state: 'detached' })
  return page
}

/** Keeps what the page shows as `screenshots/<name>.png`. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  await mkdir(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`) })
}

/** Somebody whom the administrator makes. */
type NewPerson = { readonly login: string; readonly display: string; readonly role: string }

/** A page of a person whom the administrator has just made and who has set an own password. */
export async function personPage(browser: Browser, desk: Page, person: NewPerson): Promise<Page> {
  const { login, display, role } = person
  const made: { oneTimePassword: string } = await desk.evaluate(
    async (body) => {
      const answer = await fetch('/api/administration/people', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-xinglin': '1' },
        body: JSON.stringify(body),
      })
      return answer.json()
    },
    { login, display, roles: [role] },
  )
  const context = await browser.newContext({
    viewport: desktop,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  await page.goto(new URL('/', desk.url()).href)
  await page.locator('input[autocomplete=username]').fill(login)
  await page.locator('input[autocomplete=current-password]').fill(made.oneTimePassword)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '修改密码' }).waitFor()
  const [current, next, again] = await page.locator('input[type=password]').all()
  await current?.fill(made.oneTimePassword)
  await next?.fill(chosenPassword)
  await again?.fill(chosenPassword)
  await page.keyboard.press('Enter')
  await page.locator('.s-top').waitFor()
  return page
}
