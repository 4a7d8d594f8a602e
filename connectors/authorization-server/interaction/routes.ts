/**
 * The page between an app's request and its code: who is there, which patient, whether the app may. Our session cookie
 * is not sent on navigations that another site began, so the first look goes on to itself once, as our own.
 */
import { forbidden, OutcomeError } from '@xinglin/fhir'
import type { Actor, Identity } from '@xinglin/identity'
import { patientCookie, readCookie, type SignIns } from '@xinglin/web'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import { html, languageOf, sendPage } from '../pages/html.ts'
import { say } from '../pages/words.ts'
import { paths } from '../provider.ts'
import { type Context, refuse } from './answer.ts'
import { askedOf, personOf } from './asked.ts'
import { chartsOf, findPatients, patientShown, visitsOf } from './choices.ts'
import { conclude } from './conclude.ts'
import { againPage, chartPage, consentPage, encounterPage, patientPage, standing } from './show.ts'
import { askWho, endQuietly, goOn, isSame, type Present, proofOf, signInAddress, type Turn } from './turn.ts'

export type InteractionParts = {
  readonly identity: Identity
  readonly provider: () => Promise<Provider>
  readonly fhirBase: () => string
  readonly proofKey: Buffer
  readonly signIns: SignIns
}

/** A name to search, a handful of ids, a hundred scopes. */
const maxFormBytes = 64 * 1024

/** Registers the page and its forms. */
export function interactionRoutes(http: FastifyInstance, parts: InteractionParts): void {
  const address = `${paths.interaction}/:uid`
  const options = { bodyLimit: maxFormBytes, config: { access: 'form' as const } }
  http.get(address, options, (request, reply) => answered(parts, request, reply, look))
  http.post(address, options, (request, reply) => answered(parts, request, reply, act))
}

type Step = (turn: Turn) => Promise<FastifyReply>

/** Reads what was asked, and shows refusals as a page. */
async function answered(
  parts: InteractionParts,
  request: FastifyRequest,
  reply: FastifyReply,
  step: Step,
): Promise<FastifyReply> {
  const accepted = request.headers['accept-language']
  try {
    const provider = await parts.provider()
    const asked = await askedOf({ provider, identity: parts.identity }, request, reply)
    const person = await personOf(parts.identity, request, asked)
    const proof = proofOf(parts.proofKey, asked.uid, person)
    const answerParts = { provider, identity: parts.identity, fhirBase: parts.fhirBase(), request, reply }
    const shown = { asked, language: languageOf(accepted, asked.locales), proof }
    return await step({ parts: answerParts, asked, person, shown, signIns: parts.signIns })
  } catch (error) {
    if (!(error instanceof OutcomeError) || error.failure === 'fault') throw error
    const language = languageOf(accepted)
    const page = { language, title: say(language, 'failed'), body: html`<p>${error.message}</p>` }
    return sendPage(reply, page, error.status)
  }
}

async function look(turn: Turn): Promise<FastifyReply> {
  const { parts, asked, person, shown } = turn
  if (!person) return askWho(turn)
  if (!(await isAwaited(turn, person)))
    return asked.isQuiet
      ? endQuietly(turn, 'login_required')
      : sendPage(parts.reply, againPage(shown, person))
  if (!asked.needsPatient) return askWhether({ ...turn, person }, {})
  if (asked.isQuiet) return endQuietly(turn, 'interaction_required')
  if (person.kind !== 'patient') return sendPage(parts.reply, patientPage(shown, undefined))
  const charts = await chartsOf(parts.identity, person, shown.language)
  const [only] = charts
  return charts.length === 1 && only
    ? askWhether({ ...turn, person }, { patient: only.id })
    : sendPage(parts.reply, chartPage(shown, charts))
}

/** Whether who is there is whom the app means, and signed in lately enough for it (OpenID Connect Core 1.0 §3.1.2.1). */
async function isAwaited({ parts, asked }: Turn, person: Actor): Promise<boolean> {
  const { account, signedInAfterMs } = asked
  if (account !== undefined && account !== person.id) return false
  if (signedInAfterMs === undefined) return true
  return ((await parts.identity.oauth.signedInMs(person)) ?? 0) >= signedInAfterMs
}

async function askWhether(turn: Present, context: Context): Promise<FastifyReply> {
  const { parts, asked, person, shown } = turn
  const { oauth } = parts.identity
  // A patient says for each chart anew whether an app may look at it.
  const isAsked = asked.mustAgree || person.kind === 'patient'
  const isAgreed = !isAsked && (await oauth.isAgreed(person, asked.app.id, asked.scopes))
  if (isAgreed) return conclude(turn, { chosen: context, granted: asked.scopes })
  if (asked.isQuiet) return endQuietly(turn, 'consent_required')
  const known = Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined))
  const records = parts.identity.recordsFor(person)
  const patient = context.patient ? await patientShown(records, context.patient, shown.language) : undefined
  return sendPage(parts.reply, consentPage(shown, { person, context: known, patient }))
}

async function act(turn: Turn): Promise<FastifyReply> {
  const { parts, person, shown } = turn
  if (!person) return askWho(turn)
  const form = parts.request.body instanceof URLSearchParams ? parts.request.body : new URLSearchParams()
  if (!isSame(form.get('proof') ?? '', shown.proof))
    throw forbidden('this form is not of your session: begin again in the app', {
      code: 'authorization.forged',
    })
  const wanted = form.get('act')
  if (wanted === 'again') return signInAgain(turn)
  if (wanted === 'refuse')
    return goOn(parts, shown, await refuse(parts, 'access_denied', 'the person refused'))
  if (!(await isAwaited(turn, person))) return sendPage(parts.reply, againPage(shown, person))
  return choose({ ...turn, person }, form)
}

async function choose(turn: Present, form: URLSearchParams): Promise<FastifyReply> {
  const { parts, asked, person, shown } = turn
  const records = parts.identity.recordsFor(person)
  const chosen = form.get('chosen') ?? undefined
  switch (form.get('act')) {
    case 'find':
      if (person.kind === 'patient') return look(turn)
      return sendPage(
        parts.reply,
        patientPage(shown, await findPatients(records, form.get('text') ?? '', shown.language)),
      )
    case 'patient':
      if (!chosen || !asked.needsEncounter) return askWhether(turn, { patient: chosen })
      return sendPage(
        parts.reply,
        encounterPage(shown, { patient: chosen, found: await visitsOf(records, chosen) }),
      )
    case 'encounter':
      return askWhether(turn, { patient: form.get('patient') ?? undefined, encounter: chosen })
    case 'agree':
      return conclude(turn, { chosen: contextOf(form), granted: standing(asked, form) })
    default:
      return look(turn)
  }
}

/** The person's own click ends his session; the sign-in page, with every factor, leads back here. */
async function signInAgain({ parts, asked, shown, signIns }: Turn): Promise<FastifyReply> {
  const { request, reply } = parts
  if (asked.app.people === 'patients') await leaveAsPatient(parts)
  else await signIns.leave(request, reply)
  const [path = ''] = request.url.split('?')
  return goOn(parts, shown, signInAddress(path, asked))
}

async function leaveAsPatient({ identity, request }: Turn['parts']): Promise<void> {
  const token = readCookie(request.headers.cookie, patientCookie)
  if (token) await identity.patients.signOut(token)
}

function contextOf(form: URLSearchParams): Context {
  return { patient: form.get('patient') ?? undefined, encounter: form.get('encounter') ?? undefined }
}
