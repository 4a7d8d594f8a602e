/** The guides' routes of a running platform, as a machine client or as a person who is signed in. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { fetchToken } from '@xinglin/client'

export type Headers = Readonly<Record<string, string>>
/** Headers that say who asks; asked for before every request, since a token runs out. */
export type Authorise = () => Promise<Headers>

export type GuideRow = {
  readonly name: string
  readonly version: string
  readonly state: 'adding' | 'ready'
  readonly definitions: number
  readonly stored: number
  readonly refused: readonly { readonly file: string; readonly reason: string }[]
}
export type Demands = {
  readonly required: readonly { readonly type: string; readonly profile: string }[]
  readonly unknown: string
}

export interface GuideClient {
  list(): Promise<readonly GuideRow[]>
  add(file: string): Promise<GuideRow>
  remove(name: string, version: string): Promise<void>
  demands(): Promise<Demands>
  require(profile: string): Promise<{ readonly type: string; readonly profile: string }>
  release(profile: string): Promise<void>
  setUnknown(unknown: string): Promise<void>
}

/** A token is renewed this long before it runs out. */
const renewalMarginMs = 30_000

export async function signInAsClient(
  baseUrl: string,
  client: { readonly id: string; readonly secret: string },
): Promise<Authorise> {
  let token = await fetchToken(baseUrl, client)
  let endsMs = performance.now() + token.lifeMs
  return async () => {
    if (endsMs < performance.now() + renewalMarginMs) {
      token = await fetchToken(baseUrl, client)
      endsMs = performance.now() + token.lifeMs
    }
    return { authorization: `Bearer ${token.value}` }
  }
}

/** A session, whose cookie goes with every request. */
export async function signInAsPerson(
  baseUrl: string,
  credentials: { readonly login: string; readonly password: string },
): Promise<Authorise> {
  const answer = await fetch(`${baseUrl}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-xinglin': '1' },
    body: JSON.stringify(credentials),
  })
  if (!answer.ok)
    throw new Error(`the platform refused to sign in: HTTP ${answer.status} ${await reasonOf(answer)}`)
  // RFC 9110 §15.3.3: taken, and the second factor is still to come.
  if (answer.status === 202)
    throw new Error('this account asks for a second factor: use a machine client (XINGLIN_IG_CLIENT)')
  const cookie = answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  return async () => ({ cookie, 'x-xinglin': '1' })
}

export function createGuideClient(options: {
  readonly baseUrl: string
  readonly authorise: Authorise
}): GuideClient {
  const ask = async (
    method: string,
    path: string,
    sent: { headers?: Headers; body?: RequestInit['body'] } = {},
  ) => {
    const answer = await fetch(`${options.baseUrl}/api/guides${path}`, {
      method,
      headers: { ...(await options.authorise()), ...sent.headers },
      ...(sent.body === undefined ? {} : { body: sent.body, duplex: 'half' }),
    } as RequestInit)
    if (!answer.ok) throw new Error(`HTTP ${answer.status} ${await reasonOf(answer)}`)
    return answer
  }
  const json = (value: object) => ({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  })
  return {
    list: async () =>
      ((await (await ask('GET', '/packages')).json()) as { guides: readonly GuideRow[] }).guides,
    async add(file) {
      const { size } = await stat(file)
      const headers = { 'content-type': 'application/gzip', 'content-length': String(size) }
      const body = Readable.toWeb(createReadStream(file)) as RequestInit['body']
      return (await (await ask('POST', '/packages', { headers, body })).json()) as GuideRow
    },
    async remove(name, version) {
      await ask('DELETE', `/packages/${encodeURIComponent(name)}/${encodeURIComponent(version)}`)
    },
    demands: async () => (await (await ask('GET', '/demands')).json()) as Demands,
    require: async (profile) =>
      (await (
        await ask('POST', '/demands/required', json({ profile }))
      ).json()) as Demands['required'][number],
    async release(profile) {
      await ask('DELETE', `/demands/required?profile=${encodeURIComponent(profile)}`)
    },
    async setUnknown(unknown) {
      await ask('PUT', '/demands/unknown', json({ unknown }))
    },
  }
}

/** The sentence of an OperationOutcome, else the text. */
async function reasonOf(answer: Response): Promise<string> {
  const text = await answer.text()
  try {
    const outcome = JSON.parse(text) as { issue?: readonly { diagnostics?: string }[] }
    return outcome.issue?.map(({ diagnostics }) => diagnostics).join('; ') ?? text
  } catch {
    // A proxy before the platform answers with pages of its own.
    return text.slice(0, 200)
  }
}
