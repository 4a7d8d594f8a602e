/** Nothing is learnt of what is hidden: two hospitals that differ by it alone answer an attacker with the same bytes (docs/decisions/0070). */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { type Asked, attack } from './testing/requests.ts'
import { type Hospital, hospital } from './testing/two-hospitals.ts'

const bare = await hospital({ isLabelled: false, isForeign: false })
const full = await hospital({ isLabelled: true, isForeign: true })

/** Status, headers and body, without the ids and instants that the platform gave. */
async function answerOf({ kernel }: Hospital, headers: object, asked: Asked): Promise<string> {
  const { method, url, body } = asked
  const answer = await kernel.web.http.inject({
    method: method as 'GET',
    url: encodeURI(url),
    headers: { ...headers, ...asked.headers },
    ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const { date, 'content-length': length, ...kept } = answer.headers
  return JSON.stringify([answer.statusCode, kept, answer.body])
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(kernel.baseUrl, '<server>')
}

type Difference = readonly [request: string, bare: string, full: string]

type Attacked = {
  readonly who: 'clinician' | 'service'
  readonly bare: Hospital
  readonly full: Hospital
  readonly ids: readonly string[]
}

/** Sends each request to both, and follows their pages. */
async function differences({ who, ids, ...attacked }: Attacked): Promise<readonly Difference[]> {
  const found: Difference[] = []
  for (const asked of attack({ isPerson: who === 'clinician', ids })) {
    let next: Asked | undefined = asked
    for (let page = 0; next && page < 20; page++) {
      const current: Asked = next
      const one = await answerOf(attacked.bare, attacked.bare[who], current)
      const other = await answerOf(attacked.full, attacked.full[who], current)
      if (one !== other) found.push([`${current.method} ${current.url}`, ...apart(one, other)])
      const link: string | undefined = one === other ? nextOf(one) : undefined
      next = link === undefined ? undefined : { ...asked, url: link }
    }
  }
  return found
}

/** The two texts from shortly before they part. */
function apart(one: string, other: string): readonly [string, string] {
  let at = 0
  while (at < one.length && one[at] === other[at]) at++
  const from = Math.max(0, at - 120)
  return [one.slice(from, at + 200), other.slice(from, at + 200)]
}

function nextOf(text: string): string | undefined {
  const [, link] =
    /\{\\"relation\\":\\"next\\",\\"url\\":\\"http:\/\/hospital\.test([^"\\]+)\\"/.exec(text) ?? []
  return link === undefined ? undefined : decodeURI(link)
}

test('the attack has hundreds of requests, of which many find what may be seen', async () => {
  const { length } = attack({ isPerson: true, ids: [] })
  assert.ok(length >= 400, `${length} requests`)
  const seen = await answerOf(full, full.clinician, { method: 'GET', url: '/fhir/R4/Patient?_sort=_id' })
  const ids = [...seen.matchAll(/\\"id\\":\\"(asha|leo|vera|cai|twin)\\"/g)].map(([, id]) => id)
  assert.deepEqual(ids, ['asha', 'leo'])
})

test('a clinician learns nothing of other departments and of sensitive records', async () => {
  assert.deepEqual(await differences({ who: 'clinician', bare, full, ids: ['vera', 'cai', 'nobody'] }), [])
})

test('a service that may see every department learns nothing of sensitive records', async () => {
  const others = {
    bare: await hospital({ isLabelled: false, isForeign: true }),
    full: await hospital({ isLabelled: true, isForeign: true }),
  }
  assert.deepEqual(await differences({ who: 'service', ...others, ids: ['vera', 'nobody'] }), [])
})

test('live updates are subscribed alike for who is hidden and who never was', async () => {
  const told = async (of: Hospital) =>
    Promise.all(['vera', 'cai', 'nobody', 'asha'].map((id) => subscribed(of, id)))
  assert.deepEqual(await told(full), await told(bare))
})

/** How the server answers a subscription to a patient: its first message, or the code by which it closes. */
async function subscribed({ kernel, clinician }: Hospital, patient: string): Promise<string> {
  const socket = new WebSocket(`${kernel.baseUrl.replace('http', 'ws')}/api/live`, {
    headers: { ...clinician, origin: kernel.baseUrl },
  })
  await once(socket, 'open')
  socket.send(JSON.stringify({ subscribe: { patient } }))
  const answer = await Promise.race([
    once(socket, 'message').then(([data]) => String(data)),
    once(socket, 'close').then(([code, reason]) => `closed ${code} ${reason}`),
  ])
  socket.terminate()
  return answer.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>')
}
