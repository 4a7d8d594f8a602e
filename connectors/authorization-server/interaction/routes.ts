/**
 * The page between an app's request and its code: who is there, which patient, whether the app may. Our session cookie
 * is not sent on navigations that another site began, so the first look goes on to itself once, as our own.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { forbidden, OutcomeError } from '@xinglin/fhir'
import type { Actor, Identity } from '@xinglin/identity'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import { html, languageOf, sendPage } from '../pages/html.ts'
import { say } from '../pages/words.ts'
import { paths } from '../provider.ts'
import { type AnswerParts, agree, type Context, refuse } from './answer.ts'
import { type Asked, askedOf, personOf } from './asked.ts'
import { findPatients, patientShown, visitsOf } from './choices.ts'
import { consentPage, encounterPage, patientPage, type Shown } from './show.ts'

export type InteractionParts = {
  readonly identity: Identity
  readonly provider: () => Promise<Provider>
  readonly fhirBase: () => string
  readonly proofKey: Buffer
}

/** A name to search and a handful of ids. */
const maxFormBytes = 8 * 1024

/** Registers the page and its forms. */
export function interactionRoutes(http: FastifyInstance, parts: InteractionParts): void {
  const address = `${paths.interaction}/:uid`
  const options = { bodyLimit: maxFormBytes, config: { access: 'form' as const } }
  http.get(address, options, (request, reply) => answered(parts, request, reply, look))
  http.post(address, options, (request, reply) => answered(parts, request, reply, act))
}

type Step = (turn: Turn) => Promise<FastifyReply>
type Turn = {
  readonly parts: AnswerParts
  readonly asked: Asked
  readonly person: Actor | undefined
  readonly shown: Shown
}

/** Reads what was asked, and shows refusals as a page. */
async function answered(
  parts: InteractionParts,
  request: FastifyRequest,
  reply: FastifyReply,
  step: Step,
): Promise<FastifyReply> {
  const language = languageOf(request.headers['accept-language'])
  try {
    const provider = await parts.provider()
    const asked = await askedOf({ provider, identity: parts.identity }, request, reply)
    const person = personOf(request, asked)
    const proof = proofOf(parts.proofKey, asked.uid, person)
    const answerParts = { provider, identity: parts.identity, fhirBase: parts.fhirBase(), request, reply }
    return await step({ parts: answerParts, asked, person, shown: { asked, language, proof } })
  } catch (error) {
    if (!(error instanceof OutcomeError) || error.failure === 'fault') throw error
    const page = { language, title: say(language, 'failed'), body: html`<p>${error.message}</p>` }
    return sendPage(reply, page, error.status)
  }
}

async function look({ parts, asked, person, shown }: Turn): Promise<FastifyReply> {
  if (!person) return askWho(parts, shown)
  if (asked.needsPatient) return sendPage(parts.reply, patientPage(shown, undefined))
  return askWhether({ parts, asked, person, shown }, {})
}

/** First the same page again as a navigation of ours; where still nobody is there, the sign-in page, which leads back. */
function askWho({ request, reply }: AnswerParts, { language }: Shown): FastifyReply {
  const [path = ''] = request.url.split('?')
  const isSecond = request.url.endsWith('?own=1')
  const goesTo = isSecond ? `/?continue=${encodeURIComponent(path)}` : `${path}?own=1`
  return sendPage(reply, { language, title: say(language, 'goingOn'), body: html``, goesTo })
}

async function askWhether(turn: Turn & { readonly person: Actor }, context: Context): Promise<FastifyReply> {
  const { parts, asked, person, shown } = turn
  const isAgreed = await parts.identity.oauth.isAgreed(person, asked.app.id, asked.scopes)
  if (isAgreed) return conclude(turn, context)
  const known = Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined))
  const records = parts.identity.recordsFor(person)
  const patient = context.patient ? await patientShown(records, context.patient) : undefined
  return sendPage(parts.reply, consentPage(shown, { person, context: known, patient }))
}

async function act(turn: Turn): Promise<FastifyReply> {
  const { parts, asked, person, shown } = turn
  if (!person) return askWho(parts, shown)
  const form = parts.request.body instanceof URLSearchParams ? parts.request.body : new URLSearchParams()
  if (!isSame(form.get('proof') ?? '', shown.proof))
    throw forbidden('this form is not of your session: begin again in the app', {
      code: 'authorization.forged',
    })
  const records = parts.identity.recordsFor(person)
  const chosen = form.get('chosen') ?? undefined
  switch (form.get('act')) {
    case 'find':
      return sendPage(parts.reply, patientPage(shown, await findPatients(records, form.get('text') ?? '')))
    case 'patient':
      if (!chosen || !asked.needsEncounter) return askWhether({ ...turn, person }, { patient: chosen })
      return sendPage(
        parts.reply,
        encounterPage(shown, { patient: chosen, found: await visitsOf(records, chosen) }),
      )
    case 'encounter':
      return askWhether({ ...turn, person }, { patient: form.get('patient') ?? undefined, encounter: chosen })
    case 'agree':
      return conclude({ ...turn, person }, contextOf(form))
    default:
      return goOn(parts, shown, await refuse(parts, 'access_denied', 'the person refused'))
  }
}

function contextOf(form: URLSearchParams): Context {
  return { patient: form.get('patient') ?? undefined, encounter: form.get('encounter') ?? undefined }
}

/** The context is what the launch was made for, or what the person may see and chose. */
async function conclude(turn: Turn & { readonly person: Actor }, chosen: Context): Promise<FastifyReply> {
  const { parts, asked, person, shown } = turn
  const context = await contextFor(turn, chosen)
  const goesTo = context
    ? await agree(parts, asked, { person, context })
    : await refuse(
        parts,
        'invalid_request',
        'launch is unknown, was used, or belongs to another person or session',
      )
  return goOn(parts, shown, goesTo)
}

async function contextFor(
  { parts, asked, person }: Turn & { readonly person: Actor },
  { patient, encounter }: Context,
): Promise<Context | undefined> {
  const { identity } = parts
  if (asked.launch !== undefined)
    return identity.oauth.takeLaunch(asked.launch, { app: asked.app.id, actor: person })
  if (!asked.needsPatient) return {}
  const records = identity.recordsFor(person)
  if (!patient || !(await records.read('Patient', patient))) return undefined
  if (!asked.needsEncounter) return { patient }
  const visits = await visitsOf(records, patient)
  return visits.some(({ id }) => id === encounter) ? { patient, encounter } : undefined
}

/** A page, not a redirect: browsers hold forms to their own site, and the app is on another. */
function goOn({ reply }: AnswerParts, { language }: Shown, goesTo: string): FastifyReply {
  const body = html`<p><a href="${goesTo}">${say(language, 'goOn')}</a></p>`
  return sendPage(reply, { language, title: say(language, 'goingOn'), body, goesTo })
}

function proofOf(key: Buffer, uid: string, person: Actor | undefined): string {
  return createHmac('sha256', key)
    .update(`${uid} ${person?.session ?? ''}`)
    .digest('base64url')
}

function isSame(given: string, expected: string): boolean {
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected))
}
