/** From an entry of the log to the message that tells of it: the version that it names, what it replaced, and what the record knows around it. */
import { createHash } from 'node:crypto'
import type { LogEntry } from '@xinglin/events'
import type {
  DiagnosticReport,
  Encounter,
  Reference,
  Resource,
  ResourceOf,
  ResourceType,
} from '@xinglin/fhir'
import { parseVersion } from '@xinglin/records'
import { factsOf, type Looking, search } from './facts.ts'
import { admissionMessage, type Heading, orderMessage, resultMessage, type Subject } from './messages.ts'
import type { TellingSettings } from './settings.ts'
import { orderControlOf, personTrigger, visitTrigger } from './triggers.ts'

export type Told = { readonly subject: string; readonly controlId: string; readonly text: string }
export type Telling = Looking & {
  readonly entry: LogEntry
  readonly settings: TellingSettings
  /** `Type/id` of the reports and results that were written in the transaction of an entry. */
  readonly writtenWith: (entry: LogEntry) => Promise<ReadonlySet<string>>
}

/** v2.5.1 §2.15.9.10: MSH-10 has twenty characters. */
const controlIdLength = 20

/** The message of an entry; undefined where it is nothing that others are told. */
export async function messageOf(telling: Telling): Promise<Told | undefined> {
  const { entry, settings } = telling
  switch (entry.resourceType) {
    case 'Patient':
      return settings.tell.has('ADT') ? ofPerson(telling) : undefined
    case 'Encounter':
      return settings.tell.has('ADT') ? ofVisit(telling) : undefined
    case 'ServiceRequest':
      return ofOrder(telling)
    case 'DiagnosticReport':
      return ofReport(telling)
    case 'Observation':
      return ofResult(telling)
    default:
      return undefined
  }
}

async function ofPerson(telling: Telling): Promise<Told | undefined> {
  const { before, after } = await versionsOf(telling, 'Patient')
  if (!after || isHidden(telling, after)) return undefined
  const trigger = personTrigger(before, after)
  if (!trigger) return undefined
  const subject = { patient: after, encounter: undefined, facts: await factsOf(telling, []) }
  const allergies = await allergiesOf(telling, after.id)
  return told(telling, `ADT^${trigger}`, (heading) =>
    admissionMessage(heading, trigger, { ...subject, allergies }),
  )
}

async function ofVisit(telling: Telling): Promise<Told | undefined> {
  const { before, after: present } = await versionsOf(telling, 'Encounter')
  const after: Encounter | undefined = present ?? (before && { ...before, status: 'entered-in-error' })
  if (!after) return undefined
  const trigger = visitTrigger(before, after)
  const subject = trigger && (await subjectOf(telling, after.subject, after, []))
  if (!subject || isHidden(telling, after)) return undefined
  return told(telling, `ADT^${trigger}`, (heading) => admissionMessage(heading, trigger, subject))
}

async function ofOrder(telling: Telling): Promise<Told | undefined> {
  const { tell } = telling.settings
  const type = tell.has('OML') ? 'OML' : 'ORM'
  if (!tell.has(type)) return undefined
  const { before, after: present } = await versionsOf(telling, 'ServiceRequest')
  const after = present ?? (before && { ...before, status: 'entered-in-error' as const })
  const control = after && orderControlOf(before, after)
  if (!after || !control || isHidden(telling, after)) return undefined
  const subject = await subjectOf(telling, after.subject, after.encounter, [
    after.requester,
    ...(after.specimen ?? []),
  ])
  if (!subject) return undefined
  const specimens = resources(subject, 'Specimen', after.specimen)
  const name = type === 'OML' ? 'OML^O21' : 'ORM^O01'
  return told(telling, name, (heading) =>
    orderMessage(heading, { request: after, control, specimens }, { ...subject, type }),
  )
}

async function ofReport(telling: Telling): Promise<Told | undefined> {
  const { after } = await versionsOf(telling, 'DiagnosticReport')
  return after && reportTold(telling, after)
}

/**
 * A result that changed without its report. Results that were written with it, or that changed with others of the report,
 * are told once: by the report itself, or by the first of them. What has changed again since is told by its later change.
 */
async function ofResult(telling: Telling): Promise<Told | undefined> {
  const { entry, records, tenant } = telling
  const own = `Observation/${entry.resourceId ?? ''}`
  const current = await records.read(tenant, 'Observation', entry.resourceId ?? '')
  if (!current || current.version !== entry.version || current.interaction === 'delete') return undefined
  const [report] = await search(telling, 'DiagnosticReport', { result: own })
  if (!report) return undefined
  const together = await telling.writtenWith(entry)
  if (together.has(`DiagnosticReport/${report.id}`)) return undefined
  const first = report.result?.find(({ reference = '' }) => together.has(reference))
  return first?.reference === own ? reportTold(telling, report) : undefined
}

async function reportTold(telling: Telling, report: DiagnosticReport): Promise<Told | undefined> {
  if (isHidden(telling, report)) return undefined
  const first = report.basedOn?.find(({ reference }) => reference?.startsWith('ServiceRequest/'))
  const named = [
    ...(report.result ?? []),
    ...(report.specimen ?? []),
    ...(report.resultsInterpreter ?? []),
    first,
  ]
  const direct = await factsOf(telling, named)
  const observations = (report.result ?? []).flatMap((each) => direct.resource('Observation', each) ?? [])
  const request = direct.resource('ServiceRequest', first)
  const people = [request?.requester, ...observations.flatMap(({ performer = [] }) => performer)]
  const subject = await subjectOf(telling, report.subject, report.encounter, [...named, ...people])
  if (!subject) return undefined
  const specimens = resources(subject, 'Specimen', report.specimen)
  const shown = observations.filter((each) => !isHidden(telling, each))
  return told(telling, 'ORU^R01', (heading) =>
    resultMessage(heading, { report, request, observations: shown, specimens }, subject),
  )
}

/** The patient, the visit and all that is named around them; undefined where there is no patient who may be told of. */
async function subjectOf(
  telling: Telling,
  subject: Reference | undefined,
  visit: Encounter | Reference | undefined,
  references: readonly (Reference | undefined)[],
): Promise<Subject | undefined> {
  const isThere = visit !== undefined && 'resourceType' in visit
  const direct = await factsOf(telling, [subject, ...(isThere ? [] : [visit])])
  const patient = direct.resource('Patient', subject)
  if (!patient || isHidden(telling, patient)) return undefined
  const encounter = isThere ? visit : direct.resource('Encounter', visit)
  const conditions = (encounter?.diagnosis ?? []).map(({ condition }) => condition)
  const asserted = (await factsOf(telling, conditions)) satisfies Subject['facts']
  const facts = await factsOf(telling, [
    ...references,
    ...conditions,
    ...conditions.map((each) => asserted.resource('Condition', each)?.asserter),
    ...(encounter?.location ?? []).map(({ location }) => location),
    ...(encounter?.participant ?? []).map(({ individual }) => individual),
  ])
  return { patient, encounter, facts, allergies: await allergiesOf(telling, patient.id) }
}

async function allergiesOf(telling: Telling, patient = '') {
  const all = await search(telling, 'AllergyIntolerance', { patient: `Patient/${patient}`, _sort: '_id' })
  return all.filter((each) => !isHidden(telling, each))
}

function resources<T extends ResourceType>(
  { facts }: Subject,
  type: T,
  references: readonly Reference[] = [],
) {
  return references.flatMap((each) => facts.resource(type, each) ?? [])
}

/** The version of an entry and the one before it; undefined where it was not there or is deleted. */
async function versionsOf<T extends ResourceType>(
  { records, tenant, entry }: Telling,
  type: T,
): Promise<{ readonly before: ResourceOf<T> | undefined; readonly after: ResourceOf<T> | undefined }> {
  const { resourceId: id = '', version = 0 } = entry
  const wanted = [version - 1, version].map((each) => ({ type, id, version: each }))
  const found = await records.readVersions(tenant, wanted)
  const parsed = (wantedVersion: number) => {
    const one = found.find((each) => each.version === wantedVersion && each.interaction !== 'delete')
    return one && parseVersion(one, type)
  }
  return { before: parsed(version - 1), after: parsed(version) }
}

const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'
const sensitivity = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'

/** What is labelled as restricted leaves the house only by an interface that says so. */
function isHidden({ settings }: Telling, { meta }: Pick<Resource, 'meta'>): boolean {
  if (settings.isRestrictedTold) return false
  return (meta?.security ?? []).some(
    ({ system, code = '' }) =>
      system === sensitivity || (system === confidentiality && ['R', 'V'].includes(code)),
  )
}

function told({ entry, settings }: Telling, subject: string, write: (heading: Heading) => string): Told {
  const controlId = createHash('sha256')
    .update(entry.id)
    .digest('base64url')
    .replaceAll(/[-_]/g, '0')
    .slice(0, controlIdLength)
  const { application, facility, receivingApplication, receivingFacility } = settings
  const heading = { application, facility, receivingApplication, receivingFacility, at: entry.at, controlId }
  return { subject, controlId, text: write(heading) }
}
