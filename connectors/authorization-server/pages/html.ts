/** Pages of the authorisation server: plain HTML without scripts, under the strictest policy that lets a form be sent. */
import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'

/** Text that was escaped, or markup of ours. */
export type Html = { readonly html: string }

/** Markup with everything between escaped. */
export function html(
  strings: TemplateStringsArray,
  ...parts: readonly (string | Html | readonly Html[])[]
): Html {
  const text = strings.map(
    (string, index) => string + (index < parts.length ? markup(parts[index] ?? '') : ''),
  )
  return { html: text.join('') }
}

function markup(part: string | Html | readonly Html[]): string {
  if (typeof part === 'string') return escaped(part)
  return 'html' in part ? part.html : part.map((each) => each.html).join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}

const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;margin:0;
background:light-dark(#f3f5f7,#14181c);color:light-dark(#1d2329,#e6eaee)}main{max-width:34rem;margin:6vh auto;padding:1.5rem;
background:light-dark(#fff,#1d2329);border:1px solid light-dark(#d5dbe1,#39424b);border-radius:8px}h1{font-size:1.25rem;margin:0 0 1rem}
ul{padding-left:1.2rem}li{margin:.25rem 0}.quiet{color:light-dark(#5a6570,#a3adb7);font-size:.875rem}
form{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1rem;align-items:center}label{display:flex;gap:.5rem;width:100%;padding:.25rem 0;overflow-wrap:anywhere}
input[type=search]{flex:1;min-width:12rem}input,button{font:inherit;padding:.4rem .8rem;border-radius:6px;border:1px solid light-dark(#aab4be,#59636d)}
button.main{background:#0b6e63;border-color:#0b6e63;color:#fff}button{min-height:2.5rem;cursor:pointer}`

const styleHash = createHash('sha256').update(style).digest('base64')

const policy = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Headers of every page; `no-referrer` would hide from our own form where it came from. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': policy,
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
} as const

export type Page = {
  readonly language: 'zh' | 'en'
  readonly title: string
  readonly body: Html
  readonly goesTo?: string
}

/** A whole page; with `goesTo` the browser goes on by itself, as a navigation of ours that carries our cookies. */
export function pageText({ language, title, body, goesTo }: Page): string {
  const refresh = goesTo === undefined ? html`` : html`<meta http-equiv="refresh" content="0; url=${goesTo}">`
  return html`<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title>${refresh}<style>${{ html: style }}</style></head><body><main><h1>${title}</h1>${body}</main></body></html>`
    .html
}

/** Answers with a page. */
export function sendPage(reply: FastifyReply, page: Page, status = 200): FastifyReply {
  return reply.code(status).headers(pageHeaders).send(pageText(page))
}

/** The language that an app asks for (`ui_locales`) or else a browser likes best, of the two that we speak. */
export function languageOf(accepted: string | undefined, asked = ''): 'zh' | 'en' {
  const first = /\b(zh|en)\b/i.exec(`${asked},${accepted ?? ''}`)?.[1]
  return first?.toLowerCase() === 'en' ? 'en' : 'zh'
}
