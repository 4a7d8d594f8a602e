/** What a browser shows where an authorisation request cannot go back to its app (RFC 6749 §4.1.2.1). */
import type { KoaContextWithOIDC } from 'oidc-provider'
import { html, languageOf, pageHeaders, pageText } from './html.ts'
import { say } from './words.ts'

type Refusal = { readonly error: string; readonly error_description?: string }

/** Answers with a page that says the error in the words of OAuth. */
export function errorPage(ctx: KoaContextWithOIDC, out: Refusal): void {
  const language = languageOf(ctx.get('accept-language'))
  const error = [out.error, out.error_description].filter(Boolean).join(': ')
  ctx.set(pageHeaders)
  ctx.body = pageText({
    language,
    title: say(language, 'failed'),
    body: html`<p>${say(language, 'failedWhy', { error })}</p>`,
  })
}
