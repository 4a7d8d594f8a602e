/** Three administrators are separated; a change of rights is asked by one, approved by another, and acts then. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startPlatform } from '@xinglin/client'
import { desktop, keepPicture, noBrowser, openBrowser, personPage, phone, signedInPage } from './browser.ts'

test('changes of rights by two people', { skip: noBrowser }, async (journey) => {
  const platform = await startPlatform()
  after(() => platform.stop())
  const browser = await openBrowser()
  const desk = await signedInPage(browser, platform, { language: 'zh', viewport: desktop })
  const people = [
    { login: 'su', display: '苏系统', role: 'system-administrator' },
    { login: 'an', display: '安安全', role: 'security-administrator' },
    { login: 'qi', display: '齐安全', role: 'security-administrator' },
    { login: 'shen', display: '沈审计', role: 'audit-administrator' },
  ] as const
  const room = `${platform.baseUrl}/approvals`

  await journey.test('the desk says who is missing, and separates when all are there', async () => {
    await desk.goto(room)
    await desk.getByText('启用前还缺').waitFor()
    assert.equal(await desk.getByRole('button', { name: '启用三员分立' }).isDisabled(), true)
    await keepPicture(desk, 'approvals-missing')
  })
  const [su, an, , shen] = [
    await personPage(browser, desk, people[0]),
    await personPage(browser, desk, people[1]),
    await personPage(browser, desk, people[2]),
    await personPage(browser, desk, people[3]),
  ]
  await journey.test('from then on nobody is administrator of all', async () => {
    await desk.reload()
    await desk.getByRole('button', { name: '启用三员分立' }).click()
    await desk.getByRole('dialog').getByRole('textbox').fill('等保三级要求')
    await desk.getByRole('dialog').getByRole('button', { name: '启用三员分立' }).click()
    await desk.getByRole('dialog').waitFor({ state: 'detached' })
    await an.goto(room)
    await an.getByText('三员分立：权限变更须两人完成').waitFor()
    await keepPicture(an, 'approvals-separate')
  })

  await journey.test('the system administrator asks, and is told that another one decides', async () => {
    await su.goto(`${platform.baseUrl}/administration/people`)
    await su.getByText('沈审计').first().click()
    await su.getByRole('button', { name: '修改角色' }).click()
    const dialog = su.getByRole('dialog')
    await dialog.getByLabel('角色').click()
    await su.locator('.ant-select-item', { hasText: /^审计员$/ }).click()
    await su.keyboard.press('Escape')
    await dialog.locator('textarea').fill('兼看审计日志')
    await dialog.getByRole('button', { name: '修改角色' }).click()
    await su.getByText('已提交，等待另一人批准').waitFor()
    await keepPicture(su, 'approvals-asked')
    await su.goto(room)
    await su.getByText('等待另一位安全管理员批准').waitFor()
    assert.equal(await su.getByRole('button', { name: '批准', exact: true }).count(), 0)
  })

  await journey.test('a security administrator compares and approves; then it acts', async () => {
    await an.reload()
    const proposal = an.locator('.approvals-proposal', { hasText: '沈审计' })
    await proposal.getByText('audit-administrator, auditor').waitFor()
    await keepPicture(an, 'approvals-waiting')
    await an.setViewportSize(phone)
    await keepPicture(an, 'approvals-phone')
    await an.setViewportSize(desktop)
    await proposal.getByRole('button', { name: /^批\s?准$/ }).click()
    await an.getByText('没有待批准的权限变更').waitFor()
    const roles = await shen.evaluate(async () => {
      const answer = await fetch('/api/session')
      const me: { readonly roles: readonly string[] } = await answer.json()
      return me.roles
    })
    assert.deepEqual(roles, ['audit-administrator', 'auditor'])
  })

  await journey.test(
    'the audit administrator sees who asked and who approved, and decides nothing',
    async () => {
      await shen.goto(room)
      await shen.getByText('全部').click()
      await shen.getByText('苏系统').first().waitFor()
      await shen.getByText(/安安全 ·/).waitFor()
      assert.equal(await shen.getByRole('button', { name: /^批\s?准$/ }).count(), 0)
    },
  )
})
