/** A browser without scripts that keeps cookies by host, path and site, for sign-ins that cross from one site to another. */

export type Seen = {
  readonly url: URL
  readonly status: number
  readonly text: string
  readonly cookies: readonly string[]
}
type Cookie = {
  readonly host: string
  readonly name: string
  readonly value: string
  readonly path: string
  readonly site: string
}

export type Browser = {
  /** Follows redirects until `until` says stop, or an answer is none; strict cookies stay away on the way from another site. */
  open(address: string, until?: (url: URL) => boolean): Promise<Seen>
  send(page: Seen, fields: Readonly<Record<string, string>>, until?: (url: URL) => boolean): Promise<Seen>
  /** As our own page does. */
  call(
    path: string,
    options?: { readonly method?: string; readonly body?: unknown },
  ): Promise<{ status: number; body: unknown }>
  readonly cookies: () => readonly Cookie[]
}

const mostSteps = 15

/** A fresh profile whose own pages are those of `home`. */
export function createBrowser(home: string): Browser {
  let jar: readonly Cookie[] = []
  const request = async (url: URL, init: RequestInit, isFromElsewhere: boolean): Promise<Response> => {
    const sent = jar.filter(
      ({ host, path, site }) =>
        host === url.host &&
        url.pathname.startsWith(path) &&
        !(isFromElsewhere && site === 'strict') &&
        !(isFromElsewhere && init.method === 'POST' && site !== 'none'),
    )
    const headers = new Headers(init.headers)
    headers.set('cookie', sent.map(({ name, value }) => `${name}=${value}`).join('; '))
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) jar = withCookie(jar, url.host, line)
    return response
  }
  const follow = async (first: URL, init: RequestInit, until?: (url: URL) => boolean): Promise<Seen> => {
    let url = first
    let isForeign = false
    let response = await request(url, init, isForeign)
    for (let step = 0; step < mostSteps; step++) {
      const location = response.headers.get('location')
      const cookies = response.headers.getSetCookie()
      if (location === null) return { url, status: response.status, text: await response.text(), cookies }
      const next = new URL(location, url)
      isForeign = isForeign || next.host !== url.host
      if (until?.(next)) return { url: next, status: response.status, text: '', cookies }
      url = next
      response = await request(url, {}, isForeign)
    }
    throw new Error(`still going on after ${mostSteps} steps: ${url.pathname}`)
  }
  return {
    open: (address, until) => follow(new URL(address, home), {}, until),
    send: (page, fields, until) =>
      follow(page.url, { method: 'POST', body: new URLSearchParams(fields) }, until),
    async call(path, { method = 'GET', body } = {}) {
      const headers = {
        'x-xinglin': '1',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      }
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
      const response = await request(new URL(path, home), init, false)
      const text = await response.text()
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
    },
    cookies: () => jar,
  }
}

function withCookie(jar: readonly Cookie[], host: string, line: string): readonly Cookie[] {
  const [pair = '', ...attributes] = line.split(/;\s*/)
  const [name = '', ...rest] = pair.split('=')
  const of = (wanted: string) =>
    attributes.find((each) => each.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1)
  const path = of('path') ?? '/'
  const others = jar.filter(
    (cookie) => !(cookie.host === host && cookie.name === name && cookie.path === path),
  )
  const isOver = of('max-age') === '0' || of('expires')?.includes('1970')
  const site = of('samesite')?.toLowerCase() ?? 'lax'
  return isOver ? others : [...others, { host, name, value: rest.join('='), path, site }]
}
