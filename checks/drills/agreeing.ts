/** A person in a browser without scripts, who agrees that an app may act for him (SMART App Launch 2.2, standalone). */
import assert from 'node:assert/strict'

const mostSteps = 12

/** The code that the app is sent back with; `session` is the person's cookie. */
export async function agreeTo(
  baseUrl: string,
  session: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const cookies = new Map([session.split('=', 2) as [string, string]])
  let url = new URL(`/oauth2/authorize?${new URLSearchParams(parameters)}`, baseUrl)
  let form: URLSearchParams | undefined
  for (let step = 0; step < mostSteps; step++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie, 'accept-language': 'en' },
      ...(form ? { method: 'POST', body: form } : {}),
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    const text = await answer.text()
    const next =
      answer.headers.get('location') ??
      unescaped(/http-equiv="refresh" content="0; url=([^"]+)"/.exec(text)?.[1])
    form = next === undefined ? agreement(text) : undefined
    if (next !== undefined) url = new URL(next, url)
    if (url.origin !== new URL(baseUrl).origin) return url.searchParams.get('code') ?? ''
  }
  throw new Error(`no code after ${mostSteps} steps: ${url.pathname}`)
}

/** The fields of the page's form that agrees, its boxes ticked. */
function agreement(page: string): URLSearchParams {
  const forms = page.match(/<form method="post".*?<\/form>/gs) ?? []
  const form = forms.find((text) => text.includes('name="act" value="agree"'))
  assert.ok(form, `no form to agree: ${page.slice(0, 1_000)}`)
  const fields = [...form.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)]
  const boxes = [...form.matchAll(/type="checkbox" name="([^"]+)" value="([^"]*)" checked/g)]
  const named = new URLSearchParams()
  for (const [, name = '', value = ''] of [...fields, ...boxes]) named.append(name, unescaped(value) ?? '')
  return named
}

function unescaped(text: string | undefined): string | undefined {
  return text
    ?.replaceAll('&amp;', '&')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
}
