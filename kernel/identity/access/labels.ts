/**
 * Sensitive records by their security labels (`meta.security`): v3-Confidentiality and the sensitivities of v3-ActCode. Each
 * kind has a right; who lacks it does not find the rows, nor the chart of a Patient who bears the label.
 */
import type { EventLog } from '@xinglin/events'
import { type Records, storageOnlyLabel } from '@xinglin/records'
import type { Runtime } from '@xinglin/runtime'
import type { AccessRequest, Actor, Decision } from '../identity.ts'
import type { AccessSource, RowFilter, SecurityLabel, Stance } from './access.ts'
import { createInUse } from './in-use.ts'

const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'

const coded = (system: string, codes: string): readonly SecurityLabel[] =>
  codes.split(' ').map((code) => ({ system, code }))

/** Kinds of sensitive records, each with the permission by which they are seen. */
export const sensitiveKinds = [
  {
    permission: 'access.sensitive-vip.read',
    title: { zh: '查看重要人物病历', en: 'See records of very important persons' },
    labels: coded(actCode, 'CEL VIP'),
  },
  {
    permission: 'access.sensitive-staff.read',
    title: { zh: '查看本院职工病历', en: 'See records of staff as patients' },
    labels: coded(actCode, 'EMP'),
  },
  {
    permission: 'access.sensitive-psychiatric.read',
    title: { zh: '查看精神科病历', en: 'See psychiatric records' },
    labels: coded(actCode, 'BH COGN DVD EMOTDIS MH PSY PSYTHPN'),
  },
  {
    permission: 'access.sensitive-substance.read',
    title: { zh: '查看物质使用病历', en: 'See records of substance use' },
    labels: coded(actCode, 'ETH ETHUD OPIOIDUD SUD'),
  },
  {
    permission: 'access.sensitive-sexual-health.read',
    title: { zh: '查看艾滋病及性健康病历', en: 'See records of HIV and sexual health' },
    labels: coded(actCode, 'HIV SEX SDV STD VIO'),
  },
  {
    permission: 'access.sensitive-genetic.read',
    title: { zh: '查看遗传信息', en: 'See genetic records' },
    labels: coded(actCode, 'GDIS SCA SICKLE'),
  },
  {
    permission: 'access.sensitive-restricted.read',
    title: { zh: '查看限制级病历', en: 'See restricted records' },
    labels: coded(confidentiality, 'R'),
  },
  {
    permission: 'access.sensitive-very-restricted.read',
    title: { zh: '查看严格限制级病历', en: 'See very restricted records' },
    labels: coded(confidentiality, 'V'),
  },
  {
    permission: 'access.sensitive-storage-only.read',
    title: { zh: '查看依法封存、停止使用的病历', en: 'See records that are only stored any more' },
    labels: [storageOnlyLabel],
  },
] as const

type Needs = {
  readonly records: Pick<Records, 'hasLabels' | 'onLabels'>
  readonly events: EventLog
  readonly runtime: Runtime
  readonly decide: (actor: Actor, request: AccessRequest) => Decision
}

/** Takes away what bears labels that the actor has no right to; nothing to say where an institution uses none. */
export function createLabelSource(needs: Needs): AccessSource {
  const areUsed = createInUse(needs, {
    ask: (tenant) => needs.records.hasLabels(tenant),
    listen: (note) => needs.records.onLabels(note),
    isSign: ({ kind, data }) => kind.startsWith('record.') && data !== undefined,
  })
  const filters = new Map<string, Pick<Stance, 'within' | 'parts'>>()
  const stanceOf = (actor: Actor): Stance | undefined => {
    const lacking = sensitiveKinds.filter(
      ({ permission }) => !needs.decide(actor, { kind: 'permission', permission }).isAllowed,
    )
    if (lacking.length === 0) return undefined
    const key = lacking.map(({ permission }) => permission).join()
    const known = filters.get(key) ?? withoutKinds(lacking)
    filters.set(key, known)
    return known
  }
  return {
    name: 'label',
    stanceOf({ tenant, actor }) {
      // What is withheld from a patient himself is said by the relation "self".
      if (actor.kind === 'system' || actor.kind === 'patient') return undefined
      const used = areUsed(tenant)
      if (used instanceof Promise) return used.then((is) => (is ? stanceOf(actor) : undefined))
      return used ? stanceOf(actor) : undefined
    },
  }
}

function withoutKinds(lacking: readonly (typeof sensitiveKinds)[number][]): Pick<Stance, 'within' | 'parts'> {
  const rows: RowFilter = {
    kind: 'not',
    filter: { kind: 'labelled', labels: lacking.flatMap(({ labels }) => labels) },
  }
  const parts = lacking.map(({ permission, labels }) => ({
    effect: 'deny' as const,
    reason: ['label', permission],
    rows: { kind: 'labelled', labels } as const,
  }))
  return { within: () => rows, parts: () => parts }
}
