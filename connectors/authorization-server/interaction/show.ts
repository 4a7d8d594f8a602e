/** The two questions that a person is asked: which patient (and visit), and whether the app may. */
import type { Actor } from '@xinglin/identity'
import { parseRecordScope } from '@xinglin/identity'
import { type Html, html, type Page } from '../pages/html.ts'
import { type Language, say, scopeWords } from '../pages/words.ts'
import type { Asked } from './asked.ts'
import type { Choice } from './choices.ts'

export type Shown = {
  readonly asked: Asked
  readonly language: Language
  /** Proves that a form came from a page of this session. */
  readonly proof: string
}

/** The finder of patients; `found` undefined before the first search. */
export function patientPage({ asked, language, proof }: Shown, found: readonly Choice[] | undefined): Page {
  const none = found?.length === 0 ? html`<p role="status">${say(language, 'nobody')}</p>` : html``
  return {
    language,
    title: say(language, 'choosePatient', { app: asked.app.name }),
    body: html`<form method="post">${hidden({ proof, act: 'find' })}<input type="search" name="text" required maxlength="100"
 aria-label="${say(language, 'name')}" placeholder="${say(language, 'name')}" autofocus><button class="main">${say(language, 'find')}</button></form>
${none}${choices({ language, proof, act: 'patient' }, found ?? [])}${refusal(language, proof)}`,
  }
}

/** A patient chooses whose chart it is about; none where he has not proved who he is yet. */
export function chartPage({ asked, language, proof }: Shown, charts: readonly Choice[]): Page {
  const none = html`<p role="status">${say(language, 'noChart')}</p><p><a href="/my-record">${say(language, 'toMyRecord')}</a></p>`
  return {
    language,
    title: say(language, 'choosePatient', { app: asked.app.name }),
    body: html`${charts.length === 0 ? none : html``}${choices({ language, proof, act: 'patient' }, charts)}${refusal(language, proof)}`,
  }
}

/** The visits of the chosen patient. */
export function encounterPage(
  { asked, language, proof }: Shown,
  { patient, found }: { readonly patient: string; readonly found: readonly Choice[] },
): Page {
  const none = found.length === 0 ? html`<p role="status">${say(language, 'noVisit')}</p>` : html``
  return {
    language,
    title: say(language, 'chooseEncounter', { app: asked.app.name }),
    body: html`${none}${choices({ language, proof, act: 'encounter', patient }, found)}${refusal(language, proof)}`,
  }
}

type Agreeing = {
  readonly person: Actor
  readonly context: Readonly<Record<string, string>>
  /** Whom the person chose, as the list showed him. */
  readonly patient?: string | undefined
}

/** What the app asks, in words. */
export function consentPage({ asked, language, proof }: Shown, { person, context, patient }: Agreeing): Page {
  const { app, scopes } = asked
  const about = patient ? html`<p>${say(language, 'about', { patient })}</p>` : html``
  const fixed = scopes.filter((scope) => !mayBeDeclined(scope))
  const free = scopes.filter(mayBeDeclined)
  const inWords = (scope: string) => scopeWords(language, scope, parseRecordScope(scope))
  const lines = fixed.map((scope) => html`<li>${inWords(scope)}</li>`)
  const boxes = free.map(
    (scope) =>
      html`<label><input type="checkbox" name="scope" value="${scope}" checked><span>${inWords(scope)}</span></label>`,
  )
  const choose = free.length === 0 ? html`` : html`<p class="quiet">${say(language, 'mayDecline')}</p>`
  return {
    language,
    title: say(language, 'asks', { app: app.name }),
    body: html`<p class="quiet">${say(language, 'by', { publisher: app.publisher })} · ${app.purpose}</p>
${about}<p>${say(language, 'will')}</p><ul>${lines}</ul>
<form method="post">${hidden({ proof, act: 'agree', ...context })}${boxes}${choose}<p class="quiet">${say(language, 'as', { person: person.display })}</p><button class="main">${say(language, 'agree')}</button></form>
${refusal(language, proof)}`,
  }
}

/** What the rest rests on stands: who the person is, and which patient and visit were opened or chosen. */
function mayBeDeclined(scope: string): boolean {
  return scope !== 'openid' && !/^launch(?:\/|$)/.test(scope)
}

/** Of the scopes asked, those that stand after a form came back. */
export function standing({ scopes }: Asked, form: URLSearchParams): readonly string[] {
  const ticked = form.getAll('scope')
  return scopes.filter((scope) => !mayBeDeclined(scope) || ticked.includes(scope))
}

/** Somebody else is there than the app wants, or he signed in too long ago: it takes his own click to sign out. */
export function againPage({ asked, language, proof }: Shown, person: Actor): Page {
  const why = asked.account !== undefined && asked.account !== person.id ? 'otherPerson' : 'tooLongAgo'
  return {
    language,
    title: say(language, 'signInAgain'),
    body: html`<p>${say(language, why, { app: asked.app.name, person: person.display })}</p>
<form method="post">${hidden({ proof, act: 'again' })}<button class="main">${say(language, 'signInAgain')}</button></form>
${refusal(language, proof)}`,
  }
}

function choices(
  {
    language,
    ...fields
  }: Readonly<Record<string, string>> & { readonly language: Language; readonly act: string },
  found: readonly Choice[],
): Html {
  if (found.length === 0) return html``
  const rows = found.map(
    ({ id, text }) => html`<label><input type="radio" name="chosen" value="${id}" required>${text}</label>`,
  )
  return html`<form method="post">${hidden(fields)}${rows}<button class="main">${say(language, 'choose')}</button></form>`
}

function refusal(language: Language, proof: string): Html {
  return html`<form method="post">${hidden({ proof, act: 'refuse' })}<button>${say(language, 'refuse')}</button></form>`
}

function hidden(fields: Readonly<Record<string, string>>): readonly Html[] {
  return Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
}
