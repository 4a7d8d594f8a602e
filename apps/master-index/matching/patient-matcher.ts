/** Who a described person may be: by the keys of the index, never by everybody. 500,000 people: see bench/README.md. */
import type { Kernel } from '@xinglin/app'
import type { Queryable } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import type { Patient } from '@xinglin/fhir'
import { blockingKeys, judge, personOf } from '@xinglin/matching'
import type { MatchedPatient, PatientMatcher } from '../contract.ts'
import { candidatesBy } from '../index/candidates.ts'
import { judgingOf, namesAmong, settingsOf } from '../index/settings.ts'

type Needs = Pick<Kernel, 'database' | 'keys' | 'records'>

/** The matcher of a kernel whose apps have started. */
export function patientMatcher(kernel: Needs): PatientMatcher {
  return {
    match: ({ tenant, patient, count }) =>
      kernel.database.reading((from) =>
        match(kernel, from, { tenant: tenant as TenantId, patient: patient as Patient, count }),
      ),
  }
}

type Asked = { readonly tenant: TenantId; readonly patient: Patient; readonly count: number }

async function match(
  kernel: Needs,
  from: Queryable,
  { tenant, patient, count }: Asked,
): Promise<readonly MatchedPatient[]> {
  const asked = personOf(patient)
  const [settings, candidates] = await Promise.all([
    settingsOf(from, tenant),
    candidatesBy(kernel, from, { tenant, keys: blockingKeys(asked) }),
  ])
  const names = await namesAmong(from, { tenant, people: settings.people }, [asked])
  return candidates
    .map(({ patient: id, person }) => {
      const { outcome, score } = judge(asked, person, judgingOf(settings, names, [asked, person]))
      return { id, outcome, probability: score.probability }
    })
    .filter(({ outcome }) => outcome !== 'apart')
    .toSorted((left, right) => right.probability - left.probability || (left.id < right.id ? -1 : 1))
    .slice(0, count)
}
