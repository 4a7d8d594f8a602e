/** Somebody of the information department watches an interface, finds what a receiver refused, and settles it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createMllpClient, freePorts, startPlatform } from '@xinglin/client'
import { frame } from '@xinglin/hl7v2/mllp'
import { desktop, keepPicture, noBrowser, openBrowser, phone, signedInPage } from './browser.ts'

test('interfaces between systems', { skip: noBrowser }, async (journey) => {
  const [source = 0, nobody = 0] = await freePorts(2)
  const laboratory = await aReceiver()
  const folder = await interfacesIn({ source, laboratory: laboratory.port, nobody })
  const environment = { XINGLIN_LOG_LEVEL: 'error', XINGLIN_INTERFACES_DIR: folder }
  const platform = await startPlatform({ environment })
  after(() => platform.stop())
  const sender = createMllpClient({ host: '127.0.0.1', port: source })
  for (const [index, ward] of ['W1', 'W9', 'W1', 'W9'].entries())
    assert.equal((await sender.send(Buffer.from(admission(index, ward)))).code, 'AA')
  sender.close()
  const browser = await openBrowser()
  const desk = await signedInPage(browser, platform, { language: 'zh', viewport: desktop })
  const room = `${platform.baseUrl}/integration/interfaces`

  await journey.test('the list says that one destination cannot be reached', async () => {
    await desk.goto(room)
    await desk.getByText('入出转').waitFor()
    await desk.getByText('无法连接').waitFor()
    await keepPicture(desk, 'interfaces-list')
  })

  await journey.test('the flow shows what was sent, what waits and what was laid aside', async () => {
    await desk.getByText('入出转').click()
    const node = desk.locator('.i-destination', { hasText: 'laboratory' })
    await node.getByText('有拒收').waitFor()
    await node.getByRole('button', { name: 'laboratory', exact: true }).click()
    await desk.locator('.ant-segmented-item', { hasText: '拒收' }).click()
    await desk.getByText('unknown ward').first().waitFor()
    await keepPicture(desk, 'interfaces-flow')
  })

  await journey.test(
    'one message is followed through its life and sent again when the cause is mended',
    async () => {
      laboratory.forgive()
      await desk.getByText('unknown ward').first().click()
      const drawer = desk.getByRole('dialog')
      await drawer.getByText('laboratory · 拒收').waitFor()
      await keepPicture(desk, 'interfaces-life')
      await drawer.getByRole('button', { name: '重新发送' }).click()
      await drawer.getByText('laboratory · 已送达').waitFor()
      await drawer.getByRole('button', { name: 'Close' }).or(drawer.getByLabel('关闭')).first().click()
      await drawer.waitFor({ state: 'detached' })
    },
  )

  await journey.test('the others are sent again together', async () => {
    await desk.getByRole('button', { name: '全部重新发送' }).click()
    await desk.getByText('已处理 1 条').waitFor()
    await desk.locator('.i-destination', { hasText: 'laboratory' }).getByText('运行中').waitFor()
    assert.equal(laboratory.taken.size, 4)
  })

  await journey.test('a destination is paused for a reason', async () => {
    await desk.getByRole('button', { name: '暂停 laboratory', exact: true }).click()
    const dialog = desk.getByRole('dialog')
    await dialog.getByRole('textbox').fill('检验系统升级')
    await dialog.getByRole('button', { name: /^暂\s?停$/ }).click()
    await desk.locator('.i-destination', { hasText: 'laboratory' }).getByText('已暂停').waitFor()
  })

  await journey.test('in English, and on a phone', async () => {
    const page = await signedInPage(browser, platform, { language: 'en', viewport: phone })
    await page.goto(room)
    await page.getByText('Admissions').waitFor()
    await keepPicture(page, 'interfaces-list-phone')
    await page.getByText('Admissions').click()
    await page.getByText('Not reachable').first().waitFor()
    await page.getByText('Lets all through').waitFor()
    await keepPicture(page, 'interfaces-flow-phone')
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
    assert.equal(isWide, false)
  })
})

function admission(index: number, ward: string): string {
  return [
    `MSH|^~\\&|HIS|QLYX|LIS|QLYX|20260302080000||ADT^A01|I${index}|P|2.5.1`,
    `PID|1||P${index}^^^QLYX||Zhang^San`,
    `PV1|1|I|${ward}^1`,
    '',
  ].join('\r')
}

/** Says that it knows no ward W9, until it forgives. */
async function aReceiver() {
  const taken = new Set<string>()
  let isStrict = true
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      for (let end = text.indexOf('\x1c\r'); end >= 0; end = text.indexOf('\x1c\r')) {
        const message = text.slice(1, end)
        text = text.slice(end + 2)
        const id = message.split('\r')[0]?.split('|')[9] ?? ''
        const isRefused = isStrict && message.includes('W9')
        if (!isRefused) taken.add(id)
        const code = isRefused ? `AE|${id}|unknown ward` : `AA|${id}`
        const answer = `MSH|^~\\&|LIS|QLYX|HIS|QLYX|20260302080000||ACK|A${id}|P|2.5.1\rMSA|${code}\r`
        socket.write(frame(Buffer.from(answer)))
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    port,
    taken,
    forgive: () => {
      isStrict = false
    },
  }
}

async function interfacesIn(ports: { source: number; laboratory: number; nobody: number }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'xinglin-interfaces-'))
  after(() => rm(folder, { recursive: true, force: true }))
  const to = (port: number) => `{ kind: 'mllp', host: '127.0.0.1', port: ${port} }`
  await writeFile(
    join(folder, 'admissions.ts'),
    `import { valueAt } from '@xinglin/hl7v2'
import { defineInterface, hl7v2Format } from '@xinglin/interfaces'
export default defineInterface({
  id: 'admissions', version: '1.0.0', title: { zh: '入出转', en: 'Admissions' },
  source: { kind: 'mllp', port: ${ports.source} },
  format: hl7v2Format,
  key: (message) => valueAt(message, 'PID-3') ?? '',
  destinations: [
    { id: 'laboratory', to: ${to(ports.laboratory)}, parallel: 2 },
    { id: 'imaging', to: ${to(ports.nobody)} },
  ],
})
`,
  )
  return folder
}
