/** In the demonstration the codes of patients go to a page of this machine, which says that it is simulated. */
import { equal, match } from 'node:assert/strict'
import { after, test } from 'node:test'
import { systemRuntime } from '@xinglin/runtime'
import { startDemoTexts } from './demo-texts.ts'

test('a text of the demonstration is shown on a page that says that nothing was sent, and ends with the platform', async () => {
  const texts = startDemoTexts(systemRuntime({ timeZone: 'Asia/Shanghai', logLevel: 'fatal' }))
  after(() => texts.stop())
  const text = { id: 't1', to: '+8613800001003', text: 'Code 123456' }

  const handed = await texts.provider.hand(text, new AbortController().signal)
  const page = await texts.page
  const shown = await (await fetch(page ?? '')).text()

  equal(handed.kind, 'taken')
  match(shown, /没有向任何人发送。Nothing was sent to anybody\./)
  match(shown, /\+8613800001003<\/small><p>Code 123456/)
  await texts.stop()
  equal(await fetch(page ?? '').catch(() => 'nobody there'), 'nobody there')
})
