/** A browser without scripts: cookies by path and site, redirects and forms as HTML has them. */

type Cookie = {
  readonly name: string
  readonly value: string
  readonly path: string
  readonly isStrict: boolean
}

export type Seen = {
  readonly url: URL
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

export type Browser = {
  /** Opens an address as if it were typed or, with `fromElsewhere`, as another site's link; stops before other origins. */
  open(address: string, options?: { readonly fromElsewhere?: boolean }): Promise<Seen>
  /** Sends the form that has `act` among its hidden fields, with more fields, its boxes ticked but those of `without`. */
  send(
    page: Seen,
    act: string,
    fields?: Readonly<Record<string, string>>,
    without?: readonly string[],
  ): Promise<Seen>
  signIn(login: string, password: string): Promise<void>
  signOut(): Promise<void>
  /** Calls `/api` of ours as our own pages do. */
  call(path: string, body?: unknown): Promise<Response>
  cookies(): readonly Cookie[]
}

const mostSteps = 12

/** A fresh browser profile for one platform. */
export function createBrowser(baseUrl: string): Browser {
  const { origin } = new URL(baseUrl)
  let jar: readonly Cookie[] = []

  const request = async (url: URL, init: RequestInit, isFromElsewhere: boolean): Promise<Seen> => {
    const sent = jar.filter(
      ({ path, isStrict }) => isUnder(url.pathname, path) && !(isStrict && isFromElsewhere),
    )
    const headers = new Headers(init.headers)
    headers.set('cookie', sent.map(({ name, value }) => `${name}=${value}`).join('; '))
    headers.set('accept-language', 'en')
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) jar = withCookie(jar, line)
    return { url, status: response.status, text: await response.text(), headers: response.headers }
  }

  const follow = async (first: Seen, isFromElsewhere: boolean): Promise<Seen> => {
    let seen = first
    let isForeign = isFromElsewhere
    for (let step = 0; step < mostSteps; step++) {
      const location = seen.headers.get('location')
      const refresh = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(seen.text)?.[1]
      const next = location ?? (refresh ? unescaped(refresh) : undefined)
      if (next === undefined) return seen
      const url = new URL(next, seen.url)
      if (url.origin !== origin || url.pathname === '/') return { ...seen, url, status: 0, text: '' }
      // A page of ours that goes on by itself begins a navigation of its own site.
      isForeign = isForeign && location !== null
      seen = await request(url, {}, isForeign)
    }
    throw new Error(`still going on after ${mostSteps} steps: ${seen.url.pathname}`)
  }

  return {
    open: async (address, { fromElsewhere = false } = {}) =>
      follow(await request(new URL(address, baseUrl), {}, fromElsewhere), fromElsewhere),
    async send(page, act, fields = {}, without = []) {
      const form = /<form method="post"(?: action="[^"]+")?>(?:(?!<\/form>).)*?<\/form>/gs
      const found = (page.text.match(form) ?? []).find((text) => text.includes(`name="act" value="${act}"`))
      if (!found) throw new Error(`the page has no form to ${act}: ${page.text.slice(0, 2_000)}`)
      const hidden = [...found.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)]
      const body = new URLSearchParams({
        ...Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, unescaped(value)])),
        ...fields,
      })
      for (const [, name = '', value = ''] of found.matchAll(
        /type="checkbox" name="([^"]+)" value="([^"]*)" checked/g,
      ))
        if (!without.includes(unescaped(value))) body.append(name, unescaped(value))
      const action = /<form method="post" action="([^"]+)"/.exec(found)?.[1]
      const address = action === undefined ? page.url : new URL(unescaped(action), page.url)
      return follow(await request(address, { method: 'POST', body }, false), false)
    },
    async signIn(login, password) {
      const seen = await this.call('/api/session', { login, password })
      if (seen.status !== 200) throw new Error(`${login} cannot sign in: ${await seen.text()}`)
    },
    async signOut() {
      await request(
        new URL('/api/session', baseUrl),
        { method: 'DELETE', headers: { 'x-xinglin': '1' } },
        false,
      )
    },
    async call(path, body) {
      const url = new URL(path, baseUrl)
      const headers = { 'content-type': 'application/json', 'x-xinglin': '1' }
      const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) }
      const seen = await request(url, init, false)
      return new Response(seen.text === '' ? null : seen.text, {
        status: seen.status === 204 ? 200 : seen.status,
      })
    },
    cookies: () => jar,
  }
}

function isUnder(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`)
}

function withCookie(jar: readonly Cookie[], line: string): readonly Cookie[] {
  const [pair = '', ...attributes] = line.split(/;\s*/)
  const [name = '', ...rest] = pair.split('=')
  const path = attributes.find((each) => /^path=/i.test(each))?.slice('path='.length) ?? '/'
  const isStrict = attributes.some((each) => /^samesite=strict$/i.test(each))
  const isOver = attributes.some(
    (each) => /^expires=Thu, 01 Jan 1970/i.test(each) || /^max-age=0$/i.test(each),
  )
  const others = jar.filter((cookie) => cookie.name !== name || cookie.path !== path)
  return isOver ? others : [...others, { name, value: rest.join('='), path, isStrict }]
}

function unescaped(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
