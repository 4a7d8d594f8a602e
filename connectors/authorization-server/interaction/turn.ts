/** One look at the page between an app's request and its code, and how it ends where the browser goes on. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Actor } from '@xinglin/identity'
import type { SignIns } from '@xinglin/web'
import type { FastifyReply } from 'fastify'
import { html, sendPage } from '../pages/html.ts'
import { say } from '../pages/words.ts'
import { type AnswerParts, refuse } from './answer.ts'
import type { Asked } from './asked.ts'
import type { Shown } from './show.ts'

export type Turn = {
  readonly parts: AnswerParts
  readonly asked: Asked
  readonly person: Actor | undefined
  readonly shown: Shown
  readonly signIns: SignIns
}
/** A turn of somebody who is there. */
export type Present = Turn & { readonly person: Actor }

const reasons = {
  login_required: 'nobody is signed in here who could answer',
  interaction_required: 'the person would have to choose a patient',
  consent_required: 'the person has not agreed to this yet',
} as const

/** `prompt=none` (OpenID Connect Core 1.0 §3.1.2.6): the app hears what would have had to be asked. */
export async function endQuietly({ parts, shown }: Turn, error: keyof typeof reasons): Promise<FastifyReply> {
  return goOn(parts, shown, await refuse(parts, error, reasons[error]))
}

/** First the same page again as a navigation of ours; where still nobody is there, the sign-in page, which leads back. */
export async function askWho(turn: Turn): Promise<FastifyReply> {
  const { parts, asked, shown } = turn
  const { request, reply } = parts
  const [path = ''] = request.url.split('?')
  const isSecond = request.url.endsWith('?own=1')
  if (isSecond && asked.isQuiet) return endQuietly(turn, 'login_required')
  const goesTo = isSecond ? signInAddress(path, asked) : `${path}?own=1`
  return sendPage(reply, {
    ...{ language: shown.language, title: say(shown.language, 'goingOn') },
    ...{ body: html``, goesTo },
  })
}

/** The sign-in page, which leads back to the page of the request. */
export function signInAddress(path: string, { app, loginHint }: Pick<Asked, 'app' | 'loginHint'>): string {
  if (app.people === 'patients') return `/my-record?continue=${encodeURIComponent(path)}`
  const hint = loginHint === undefined ? '' : `&login=${encodeURIComponent(loginHint.slice(0, 100))}`
  return `/?continue=${encodeURIComponent(path)}${hint}`
}

/** A page, not a redirect: browsers hold forms to their own site, and the app is on another. */
export function goOn(
  { reply }: AnswerParts,
  { language }: Pick<Shown, 'language'>,
  goesTo: string,
): FastifyReply {
  const body = html`<p><a href="${goesTo}">${say(language, 'goOn')}</a></p>`
  return sendPage(reply, { language, title: say(language, 'goingOn'), body, goesTo })
}

/** Proves that a form came from a page of this session. */
export function proofOf(key: Buffer, about: string, person: Actor | undefined): string {
  return createHmac('sha256', key)
    .update(`${about} ${person?.session ?? ''}`)
    .digest('base64url')
}

/** Whether a proof is the one expected, in a time that tells nothing. */
export function isSame(given: string, expected: string): boolean {
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected))
}
