/**
 * Who has to do with whom, read from the resources that say so: Encounter (participant, serviceProvider, location),
 * CareTeam, EpisodeOfCare, Appointment and Patient.generalPractitioner; where people work from PractitionerRole.
 */
import { epochMs, type Instant, instantOf, type ResourceOf } from '@xinglin/fhir'
import { dateRange } from '@xinglin/fhir/search'
import { parseVersion, type Version } from '@xinglin/records'

export const relationTypes = ['Encounter', 'CareTeam', 'EpisodeOfCare', 'Appointment', 'Patient'] as const
export type Relation = {
  readonly holder: string
  readonly patient: string
  readonly since: Instant
  /** Absent while it lasts. */
  readonly until?: Instant
}
export type Position = {
  readonly practitioner: string
  readonly place: string
  readonly since: Instant
  readonly until?: Instant
}

/** Before every date of care. */
const always = '0001-01-01T00:00:00Z' as Instant

type Said = {
  readonly patients: readonly (string | undefined)[]
  readonly holders: readonly (string | undefined)[]
  readonly since?: string | undefined
  readonly until?: string | undefined
}

/** The relations that a version says; none where it is deleted, planned away or wrong. */
export function relationsOf(version: Version, timeZone: string): readonly Relation[] {
  if (version.interaction === 'delete') return []
  const said = saidBy(version)
  if (!said) return []
  const since = firstOf(said.since, timeZone) ?? always
  const until = lastOf(said.until, timeZone)
  const patients = unique(said.patients.flatMap((reference) => idIn(reference, 'Patient') ?? []))
  const holders = unique(said.holders.flatMap((reference) => holderIn(reference) ?? []))
  return patients.flatMap((patient) =>
    holders.map((holder) => ({ holder, patient, since, ...(until ? { until } : {}) })),
  )
}

function saidBy(version: Version): Said | undefined {
  switch (version.type) {
    case 'Encounter':
      return byEncounter(parseVersion(version, 'Encounter'), version.updated)
    case 'CareTeam':
      return byCareTeam(parseVersion(version, 'CareTeam'), version.updated)
    case 'EpisodeOfCare':
      return byEpisode(parseVersion(version, 'EpisodeOfCare'), version.updated)
    case 'Appointment':
      return byAppointment(parseVersion(version, 'Appointment'))
    case 'Patient':
      return byPatient(parseVersion(version, 'Patient'))
    default:
      return undefined
  }
}

/** Statuses by which a stay is over; where nothing says when, it ended when that was written. */
const overEncounters: ReadonlySet<string | undefined> = new Set(['finished'])
const noEncounters: ReadonlySet<string | undefined> = new Set(['cancelled', 'entered-in-error'])

function byEncounter(encounter: ResourceOf<'Encounter'>, updated: Instant): Said | undefined {
  if (noEncounters.has(encounter.status)) return undefined
  const { subject, participant, serviceProvider, location, period } = encounter
  return {
    patients: [subject?.reference],
    holders: [
      serviceProvider?.reference,
      ...(participant ?? []).map(({ individual }) => individual?.reference),
      ...(location ?? []).map((stay) => stay.location.reference),
    ],
    since: period?.start,
    until: period?.end ?? (overEncounters.has(encounter.status) ? updated : undefined),
  }
}

function byCareTeam(team: ResourceOf<'CareTeam'>, updated: Instant): Said | undefined {
  if (team.status === 'entered-in-error' || team.status === 'proposed') return undefined
  const isOver = team.status === 'inactive' || team.status === 'suspended'
  return {
    patients: [team.subject?.reference],
    holders: [
      ...(team.participant ?? []).map(({ member }) => member?.reference),
      ...(team.managingOrganization ?? []).map(({ reference }) => reference),
    ],
    since: team.period?.start,
    until: team.period?.end ?? (isOver ? updated : undefined),
  }
}

function byEpisode(episode: ResourceOf<'EpisodeOfCare'>, updated: Instant): Said | undefined {
  if (episode.status === 'cancelled' || episode.status === 'entered-in-error') return undefined
  return {
    patients: [episode.patient.reference],
    holders: [episode.careManager?.reference, episode.managingOrganization?.reference],
    since: episode.period?.start,
    until: episode.period?.end ?? (episode.status === 'finished' ? updated : undefined),
  }
}

const noAppointments: ReadonlySet<string | undefined> = new Set(['cancelled', 'noshow', 'entered-in-error'])

/** Who is to see a patient prepares it: a booked appointment counts from its booking. */
function byAppointment({ status, participant, end }: ResourceOf<'Appointment'>): Said | undefined {
  if (noAppointments.has(status)) return undefined
  const actors = participant.filter((each) => each.status !== 'declined').map(({ actor }) => actor?.reference)
  return { patients: actors, holders: actors, until: end }
}

function byPatient({ id, generalPractitioner }: ResourceOf<'Patient'>): Said | undefined {
  if (!generalPractitioner || id === undefined) return undefined
  return { patients: [`Patient/${id}`], holders: generalPractitioner.map(({ reference }) => reference) }
}

/** Where a practitioner works, by one PractitionerRole; the role itself stands among the places. */
export function positionsOf(version: Version, timeZone: string): readonly Position[] {
  if (version.interaction === 'delete') return []
  const role = parseVersion(version, 'PractitionerRole')
  const practitioner = idIn(role.practitioner?.reference, 'Practitioner')
  if (practitioner === undefined || role.active === false) return []
  const references = [role.organization, ...(role.location ?? [])].map((each) => each?.reference)
  const places = unique([
    `PractitionerRole/${version.id}`,
    ...references.flatMap((each) => holderIn(each) ?? []),
  ])
  const since = firstOf(role.period?.start, timeZone) ?? always
  const until = lastOf(role.period?.end, timeZone)
  return places.map((place) => ({ practitioner, place, since, ...(until ? { until } : {}) }))
}

function idIn(reference: string | undefined, type: string): string | undefined {
  const [, named, id] = /^([A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/.+)?$/.exec(reference ?? '') ?? []
  return named === type ? id : undefined
}

const holderTypes = ['Practitioner', 'PractitionerRole', 'Organization', 'Location']

function holderIn(reference: string | undefined): string | undefined {
  const type = holderTypes.find((each) => idIn(reference, each) !== undefined)
  return type && `${type}/${idIn(reference, type)}`
}

function firstOf(date: string | undefined, timeZone: string): Instant | undefined {
  const range = date === undefined ? undefined : dateRange(date, timeZone)
  return range && instantOf(range.lowMs, 'UTC')
}

/** The end of a day that is named as the end. */
function lastOf(date: string | undefined, timeZone: string): Instant | undefined {
  if (date === undefined) return undefined
  const range = dateRange(date, timeZone)
  return instantOf(range ? range.highMs : epochMs(date as Instant), 'UTC')
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)]
}
