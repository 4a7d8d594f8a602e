/** The end of a request that a person agreed to: its context is looked at once more, then the app gets its code. */
import type { FastifyReply } from 'fastify'
import { agree, type Context, refuse } from './answer.ts'
import { chartsOf, visitsOf } from './choices.ts'
import { goOn, type Present } from './turn.ts'

/** Gives the scopes that stand; the context is what the launch was made for, or what the person may see and chose. */
export async function conclude(
  turn: Present,
  { chosen, granted }: { readonly chosen: Context; readonly granted: readonly string[] },
): Promise<FastifyReply> {
  const { parts, asked, person, shown } = turn
  const context = await contextFor(turn, chosen)
  const signedInMs = await parts.identity.oauth.signedInMs(person)
  const goesTo = context
    ? await agree(parts, asked, { person, context, granted, signedInMs: signedInMs ?? 0 })
    : await refuse(
        parts,
        'invalid_request',
        'launch is unknown, was used, or belongs to another person or session',
      )
  return goOn(parts, shown, goesTo)
}

async function contextFor(
  { parts, asked, person, shown }: Present,
  { patient, encounter }: Context,
): Promise<Context | undefined> {
  const { identity } = parts
  if (asked.launch !== undefined)
    return identity.oauth.takeLaunch(asked.launch, { app: asked.app.id, actor: person })
  if (!asked.needsPatient) return {}
  if (person.kind === 'patient') {
    const charts = await chartsOf(identity, person, shown.language)
    return charts.some(({ id }) => id === patient) ? { patient } : undefined
  }
  const records = identity.recordsFor(person)
  if (!patient || !(await records.read('Patient', patient))) return undefined
  if (!asked.needsEncounter) return { patient }
  const visits = await visitsOf(records, patient)
  return visits.some(({ id }) => id === encounter) ? { patient, encounter } : undefined
}
