/** The guarded record as it is shown to who sees fields masked; for everybody else it is the guarded record itself. */
import { forbidden, parseWithDecimals, type ResourceType, stringifyWithDecimals } from '@xinglin/fhir'
import type { Change, Page, Query, Unit, Version } from '@xinglin/records'
import type { Actor, GuardedRecords } from '../identity.ts'
import { isMasked, isPersonType, maskParsed } from './mask-resource.ts'
import type { MaskedField, Masking } from './masking.ts'
import { refuseComparing } from './refuse-comparing.ts'

type Fields = ReadonlySet<MaskedField>

/** Asks for the masks at each call, so that a change of them acts on work that goes on. */
export function maskedRecords(
  masking: Pick<Masking, 'fieldsOf'>,
  actor: Actor,
  records: GuardedRecords,
): GuardedRecords {
  if (actor.kind !== 'user') return records
  const fieldsOf = () => masking.fieldsOf(actor)
  const one = async (get: () => Promise<Version | undefined>) => {
    const [fields, version] = await Promise.all([fieldsOf(), get()])
    return version && maskVersion(version, fields)
  }
  return {
    ...records,
    read: (type, id) => one(() => records.read(type, id)),
    readVersion: (type, id, version) => one(() => records.readVersion(type, id, version)),
    readAsOf: (type, id, asOf) => one(() => records.readAsOf(type, id, asOf)),
    history: async (options) => {
      const [fields, page] = await Promise.all([fieldsOf(), records.history(options)])
      return { ...page, versions: maskAll(page.versions, fields) }
    },
    search: async (type, query) =>
      searchMasked(await fieldsOf(), type, query, () => records.search(type, query)),
    compartment: async (asked) => {
      const [fields, page] = await Promise.all([fieldsOf(), records.compartment(asked)])
      const root = page.root && maskVersion(page.root, fields)
      const rest = { members: maskAll(page.members, fields), referred: maskAll(page.referred, fields) }
      return { ...page, ...(root ? { root } : {}), ...rest }
    },
    snapshot: async (asked) => {
      const [fields, page] = await Promise.all([fieldsOf(), records.snapshot(asked)])
      return { ...page, versions: maskAll(page.versions, fields) }
    },
    commit: async (work) => {
      const fields = await fieldsOf()
      return records.commit(fields.size === 0 ? work : (unit) => work(maskedUnit(unit, fields)))
    },
  }
}

function maskedUnit(unit: Unit, fields: Fields): Unit {
  return {
    ...unit,
    read: async (type, id) => {
      const version = await unit.read(type, id)
      return version && maskVersion(version, fields)
    },
    search: (type, query, by) => searchMasked(fields, type, query, () => unit.search(type, query, by)),
    find: async (wanted) => maskAll(await unit.find(wanted), fields),
    write: async (changes) => {
      refuseStars(changes)
      return maskAll(await unit.write(changes), fields)
    },
  }
}

async function searchMasked(
  fields: Fields,
  type: ResourceType,
  query: Query,
  search: () => Promise<Page>,
): Promise<Page> {
  refuseComparing(type, query, fields)
  const page = await search()
  return { ...page, matches: maskAll(page.matches, fields), included: maskAll(page.included, fields) }
}

/** Who sees stars writes none back over what is there. */
function refuseStars(changes: readonly Change[]): void {
  for (const change of changes) {
    const isRefused =
      change.kind === 'update' && (isPersonType(change.resource.resourceType) || isMasked(change.resource))
    if (isRefused)
      throw forbidden(
        'your roles see parts of this resource masked, so you cannot change it: ask somebody who sees all of it',
        { code: 'consent.masked-write', at: change.resource.resourceType },
      )
  }
}

function maskAll(versions: readonly Version[], fields: Fields): readonly Version[] {
  return fields.size === 0 ? versions : versions.map((version) => maskVersion(version, fields))
}

function maskVersion(version: Version, fields: Fields): Version {
  if (fields.size === 0 || version.json === '') return version
  const resource = parseWithDecimals(version.json)
  if (typeof resource !== 'object' || resource === null) return version
  maskParsed(resource, fields)
  return { ...version, json: stringifyWithDecimals(resource) }
}
