/** A first administrator owes a second factor: he adds an authenticator app and a passkey, and signs in by each of them, by a recovery code, and by the passkey alone, also while strangers have locked his login. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startPlatform } from '@xinglin/client'
import type { Page } from 'playwright-core'
import { codeOf } from '../one-time-code.ts'
import { desktop, keepPicture, noBrowser, openBrowser, phone } from './browser.ts'

const chosenPassword = 'Bright-Apricot-2026'

test('second factors in the browser', { skip: noBrowser }, async (journey) => {
  // As a hospital starts: a one-time password, and nothing set about second factors.
  const trial = await startPlatform({
    environment: { XINGLIN_ADMIN_PASSWORD: '', XINGLIN_SECOND_FACTOR: '' },
  })
  after(() => trial.stop())
  // WebAuthn is for names, not for addresses in numbers.
  const baseUrl = trial.baseUrl.replace('127.0.0.1', 'localhost')
  const browser = await openBrowser()
  const page = await (await browser.newContext({ viewport: desktop, locale: 'zh-CN' })).newPage()
  page.setDefaultTimeout(15_000)
  const protocol = await page.context().newCDPSession(page)
  await protocol.send('WebAuthn.enable')
  await protocol.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  })
  const account = page.getByRole('button', { name: /^我的账号/ })
  const signOut = async () => {
    await page.getByRole('button', { name: '退出' }).click()
    await page.locator('input[autocomplete=username]').waitFor()
  }
  const give = async (password: string) => {
    await page.locator('input[autocomplete=username]').fill('admin')
    await page.locator('input[autocomplete=current-password]').fill(password)
    await page.keyboard.press('Enter')
  }
  const givePassword = async () => {
    await give(chosenPassword)
    await page.getByRole('heading', { name: '第二步验证' }).waitFor()
  }
  let recoveryCode = ''

  await journey.test(
    'the first administrator changes the printed password and then adds a factor, before anything else',
    async () => {
      const printed = /One-time password\s+(\S+)/.exec(trial.output.join('\n'))?.[1] ?? ''
      await page.goto(baseUrl)
      await give(printed)
      await page.getByRole('heading', { name: '修改密码' }).waitFor()
      const [current, next, again] = await page.locator('input[type=password]').all()
      await current?.fill(printed)
      await next?.fill(chosenPassword)
      await again?.fill(chosenPassword)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: '设置第二步验证' }).waitFor()
      const refused = await page.request.get(`${baseUrl}/api/administration/people`)
      assert.equal(refused.status(), 403)
      assert.match(await refused.text(), /web\.second-factor-due/)
      await keepPicture(page, 'second-factor-owed')
    },
  )

  await journey.test(
    'an authenticator app is added by its first code; recovery codes are shown once',
    async () => {
      const before = await sessionOf(page)
      await page.getByRole('button', { name: '添加验证器应用' }).click()
      const secret = await page.locator('code[data-secret]').innerText()
      await keepPicture(page, 'second-factor-app')
      await page.setViewportSize(phone)
      await keepPicture(page, 'second-factor-app-phone')
      await page.setViewportSize(desktop)
      await page.getByLabel('应用显示的 6 位数字').fill(codeOf(secret))
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: '恢复码' }).waitFor()
      await keepPicture(page, 'recovery-codes')
      const codes = await page.locator('li code').allInnerTexts()
      assert.equal(codes.length, 10)
      recoveryCode = codes[0] ?? ''
      await page.getByRole('button', { name: '已经保存好' }).click()
      await account.click()
      await page.getByText('剩余恢复码 10 个').waitFor()
      assert.notEqual(await sessionOf(page), before)
    },
  )

  await journey.test('a passkey is added', async () => {
    await page.getByRole('button', { name: '添加通行密钥' }).click()
    await page.getByText(/^通行密钥 .*添加/).waitFor()
    await keepPicture(page, 'my-second-factors')
    await page.getByRole('button', { name: '关闭', exact: true }).click()
  })

  await journey.test('the password opens the second step only; a recovery code opens the rest', async () => {
    await signOut()
    await givePassword()
    assert.equal((await page.request.get(`${baseUrl}/api/session`)).status(), 401)
    await keepPicture(page, 'second-step')
    await page.getByLabel('验证码').fill('000000')
    await page.keyboard.press('Enter')
    await page.getByText('验证码不对').waitFor()
    await page.getByLabel('验证码').fill(recoveryCode)
    await page.keyboard.press('Enter')
    await account.waitFor()
  })

  await journey.test(
    'strangers who lock the login do not lock out who is known in this browser; he sees it, and ends it',
    async () => {
      await signOut()
      const stranger = await (await browser.newContext({ locale: 'zh-CN' })).newPage()
      await stranger.goto(baseUrl)
      for (const [guess, word] of [...Array(5).fill('用户名或密码不对'), '账号暂时锁定'].entries()) {
        await stranger.locator('input[autocomplete=username]').fill('admin')
        await stranger.locator('input[autocomplete=current-password]').fill(`Guess-${guess}`)
        const answered = stranger.waitForResponse(`${baseUrl}/api/session`)
        await stranger.keyboard.press('Enter')
        assert.equal((await answered).status(), guess < 5 ? 401 : 429)
        await stranger.getByRole('alert').getByText(word).waitFor()
      }
      await keepPicture(stranger, 'sign-in-locked')
      await givePassword()
      await page.getByRole('button', { name: '用通行密钥' }).click()
      await account.click()
      await page.getByRole('button', { name: '移除 Chrome' }).waitFor()
      await keepPicture(page, 'my-account')
      await page.setViewportSize(phone)
      await page.getByRole('heading', { name: '可信的浏览器' }).scrollIntoViewIfNeeded()
      await keepPicture(page, 'my-account-phone')
      await page.setViewportSize(desktop)
      await page.getByRole('button', { name: '移除 Chrome' }).click()
      await page.getByText('还没有。通过一次第二步验证后').waitFor()
      await page.getByRole('button', { name: '关闭', exact: true }).click()
      await signOut()
      await give(chosenPassword)
      await page.getByRole('alert').getByText('账号暂时锁定').waitFor()
    },
  )

  await journey.test('a passkey signs in alone, whoever has locked the password', async () => {
    await page.getByRole('button', { name: '用通行密钥登录' }).click()
    await account.waitFor()
  })
})

async function sessionOf(page: Page): Promise<string | undefined> {
  const cookies = await page.context().cookies()
  return cookies.find(({ name }) => name === 'xinglin_session')?.value
}
