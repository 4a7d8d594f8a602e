/** People sign in by the hospital's own provider and directory, with the rights of their groups; an administrator sets both up. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startPlatform } from '@xinglin/client'
import {
  ldapProvider,
  makeCertificate,
  oidcProvider,
  startSignOn,
  startSmallDirectory,
} from '@xinglin/upstream-sign-in/testing'
import type { Page } from 'playwright-core'
import { desktop, keepPicture, noBrowser, openBrowser, phone, signedInPage } from './browser.ts'

test('signing in by the hospital', { skip: noBrowser }, async (journey) => {
  const platform = await startPlatform({ environment: { XINGLIN_SIGN_IN_NETWORKS: '127.0.0.0/8' } })
  after(() => platform.stop())
  const signOn = await startSignOn({
    members: { wang: { subject: 'w-1', password: 'Plum-8', name: '王芳', groups: ['Wards'] } },
    redirectUri: `${platform.baseUrl}/api/session/upstream/house/callback`,
    afterLogout: `${platform.baseUrl}/`,
  })
  after(() => signOn.stop())
  const directory = await startSmallDirectory(await makeCertificate())
  after(() => directory.stop())
  const browser = await openBrowser()
  const desk = await signedInPage(browser, platform, { language: 'zh', viewport: desktop })
  const screen = `${platform.baseUrl}/administration/sign-in`
  const page = await (await browser.newContext({ viewport: desktop, locale: 'zh-CN' })).newPage()
  page.setDefaultTimeout(15_000)
  const signInThere = async () => {
    await page.getByRole('link', { name: '用统一身份登录' }).click()
    await page.locator('input[name=login]').fill('wang')
    await page.locator('input[name=password]').fill('Plum-8')
    await page.getByRole('button', { name: 'Sign in there' }).click()
  }

  await journey.test(
    'an administrator sets a provider and a directory, tests one, and maps groups',
    async () => {
      await desk.goto(screen)
      await desk.getByText('还没有登录来源').waitFor()
      await keepPicture(desk, 'sign-in-none')
      await desk.getByRole('button', { name: '新增登录来源' }).click()
      await desk.getByLabel('颁发者地址').waitFor()
      await keepPicture(desk, 'sign-in-new')
      const settings = { issuer: signOn.issuer }
      await save(desk, oidcProvider('house', settings), [{ group: 'Wards', role: 'nurse' }])
      const servers = { servers: [directory.plain] }
      await save(desk, ldapProvider('staff', servers), [{ group: 'doctors', role: 'clinician' }])
      await desk.goto(`${screen}?provider=staff`)
      await desk.getByLabel('某人的登录名').fill('zhao')
      await desk.getByRole('button', { name: '开始测试' }).click()
      await desk.getByText('此人的组：doctors').waitFor()
      await desk.getByText(/^会得到：/).waitFor()
      await keepPicture(desk, 'sign-in-test')
      await desk.getByText('组与角色', { exact: true }).click()
      await desk.getByRole('textbox', { name: '组（每行一个）' }).fill('doctors\nchess')
      await desk.getByRole('button', { name: '试算' }).click()
      await desk.getByText('没有对应的组：chess').waitFor()
      await keepPicture(desk, 'sign-in-mapping')
      await desk.setViewportSize(phone)
      // The panel lies over the whole list.
      await desk.waitForFunction(() => document.querySelector('.x-side')?.getBoundingClientRect().left === 0)
      await keepPicture(desk, 'sign-in-mapping-phone')
      await desk.setViewportSize(desktop)
    },
  )

  await journey.test(
    'somebody signs in at the provider and comes back to the address asked for',
    async () => {
      await page.goto(`${platform.baseUrl}/administration/sign-in?provider=house`)
      await page.getByRole('link', { name: '用统一身份登录' }).waitFor()
      await keepPicture(page, 'sign-in-page')
      await signInThere()
      await page.locator('.s-top').waitFor()
      assert.equal(page.url(), `${platform.baseUrl}/administration/sign-in?provider=house`)
      assert.deepEqual(await rolesOf(page), ['nurse'])
    },
  )

  await journey.test('signing out leads on to the provider', async () => {
    await page.getByRole('button', { name: '退出' }).click()
    await page.getByRole('button', { name: 'Yes, sign me out' }).click()
    await page.locator('input[autocomplete=username]').waitFor()
  })

  await journey.test('a group taken away takes the role; without any the page says why', async () => {
    const wang = signOn.members.get('wang')
    assert.ok(wang)
    signOn.members.set('wang', { ...wang, groups: [] })
    await page.setViewportSize(phone)
    await signInThere()
    await page.getByRole('alert').getByText('您的组在此处没有对应的角色').waitFor()
    await keepPicture(page, 'sign-in-refused-phone')
    await page.setViewportSize(desktop)
  })

  await journey.test('another signs in by the password of the directory', async () => {
    await page.getByLabel('密码属于').selectOption({ label: '医院目录' })
    const give = async (password: string) => {
      await page.locator('input[autocomplete=username]').fill('zhao')
      await page.locator('input[autocomplete=current-password]').fill(password)
      await page.keyboard.press('Enter')
    }
    await give('wrong')
    await page.getByRole('alert').getByText('用户名或密码不对').waitFor()
    await give('Apricot-2')
    await page.locator('.s-top').waitFor()
    assert.deepEqual(await rolesOf(page), ['clinician'])
  })

  await journey.test('the screen shows who is linked, and what failed', async () => {
    await desk.goto(`${screen}?provider=house`)
    await desk.getByText('关联人员', { exact: true }).click()
    await desk.getByText('王芳').waitFor()
    await keepPicture(desk, 'sign-in-people')
    await desk.getByText('登录失败', { exact: true }).click()
    await desk.getByText('upstream.no-role').first().waitFor()
    await keepPicture(desk, 'sign-in-failures')
  })
})

type Provider = ReturnType<typeof oidcProvider>

async function save(
  desk: Page,
  { id, title, ...provider }: Provider,
  mappings: readonly { readonly group: string; readonly role: string }[],
): Promise<void> {
  const statuses = await desk.evaluate(
    async ({ path, acts }) => {
      const send = async ({ method, at, body }: (typeof acts)[number]) => {
        const headers = { 'content-type': 'application/json', 'x-xinglin': '1' }
        return (await fetch(`${path}${at}`, { method, headers, body: JSON.stringify(body) })).status
      }
      const answers: number[] = []
      for (const act of acts) answers.push(await send(act))
      return answers
    },
    {
      path: `/api/administration/sign-in-providers/${id}`,
      acts: [
        { method: 'PUT', at: '', body: { ...provider, ...title } },
        { method: 'POST', at: '/mappings', body: { mappings, reason: 'agreed with IT' } },
      ],
    },
  )
  assert.deepEqual(statuses, [204, 204])
}

async function rolesOf(page: Page): Promise<unknown> {
  const answer = await page.request.get(new URL('/api/session', page.url()).href)
  return (await answer.json()).roles
}
