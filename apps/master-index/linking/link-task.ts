/** Certain pairs are linked in the record where the institution asks for it: both Patients say `seealso`, nothing is moved. */
import type { Kernel } from '@xinglin/app'
import { sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Patient, ResourceOf } from '@xinglin/fhir'
import type { JobRequest, JobTasks } from '@xinglin/jobs'
import { parseVersion, type Unit, type Version } from '@xinglin/records'

const task = 'master-index.link'

export type Linking = { readonly tenant: TenantId; readonly one: string; readonly other: string }

/** Asks for a link; twice asked is once done. */
export function linkTask({ tenant, one, other }: Linking): JobRequest {
  return { task, payload: { tenant, one, other }, key: `${task} ${tenant} ${one} ${other}` }
}

/** The work of linking. */
export function linkTasks(kernel: Kernel): JobTasks {
  return { [task]: (payload) => link(kernel, linkingOf(payload)) }
}

function linkingOf(payload: Readonly<Record<string, unknown>>): Linking {
  const { tenant, one, other } = payload
  return { tenant: Number(tenant) as TenantId, one: String(one), other: String(other) }
}

async function link({ identity, records }: Kernel, { tenant, one, other }: Linking): Promise<void> {
  const author = { tenant, actor: identity.systemActor('master-index', tenant).reference }
  await records.commit(author, async (unit) => {
    const changed = await unit.transaction.query(sql`
      update master_index.pair
      set state = 'linked', decided = ${unit.at}, decided_by = ${unit.actor}
      where tenant = ${tenant} and one = ${one} and other = ${other} and state = 'open' and outcome = 'certain'
      returning one`)
    if (changed.length === 0) return
    await writeLinks(unit, [one, other])
    unit.state({
      kind: 'master-index.patients-linked',
      resourceType: 'Patient',
      resourceId: one,
      patient: one,
      data: { other },
    })
  })
}

/** Each of two Patients names the other; one that is not there any more is left as it is. */
export async function writeLinks(unit: Unit, pair: readonly [string, string]): Promise<void> {
  const found = await unit.find(pair.map((id) => ({ type: 'Patient', id }) as const))
  await unit.write(
    found.flatMap((version) => {
      const other = pair.find((id) => id !== version.id)
      return other
        ? [{ kind: 'update', resource: withLink(version, other), ifVersion: version.version } as const]
        : []
    }),
  )
}

/** Takes the `seealso` of two Patients away. */
export async function removeLinks(unit: Unit, pair: readonly [string, string]): Promise<void> {
  const found = await unit.find(pair.map((id) => ({ type: 'Patient', id }) as const))
  await unit.write(
    found.flatMap((version) => {
      const other = pair.find((id) => id !== version.id)
      return other
        ? [{ kind: 'update', resource: withoutLink(version, other), ifVersion: version.version } as const]
        : []
    }),
  )
}

function withLink(version: Version, other: string): Patient {
  const patient = withoutLink(version, other)
  return {
    ...patient,
    link: [...(patient.link ?? []), { other: { reference: `Patient/${other}` }, type: 'seealso' }],
  }
}

function withoutLink(version: Version, other: string): Patient {
  const { link = [], ...patient }: ResourceOf<'Patient'> = parseVersion(version, 'Patient')
  const others = link.filter((each) => each.type !== 'seealso' || each.other.reference !== `Patient/${other}`)
  return others.length > 0 ? { ...patient, link: others } : patient
}
