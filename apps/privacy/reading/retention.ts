/**
 * Until when a record must be kept: 医疗机构病历管理规定（2013 年版）article 29, outpatient records at least 15 years
 * from the last visit, inpatient records at least 30 years from the last discharge.
 */
import { type Encounter, epochMs, type Instant, instantOf } from '@xinglin/fhir'
import { dateRange } from '@xinglin/fhir/search'
import type { Retention } from '../contract.ts'

const rules = {
  'outpatient-15-years': 15,
  'inpatient-30-years': 30,
} as const
/** v3 ActEncounterCode. */
const inpatientClasses: ReadonlySet<string> = new Set(['IMP', 'ACUTE', 'NONAC'])

/** The longest of what the visits demand; of one that still lasts from now on; undefined without visits. */
export function retentionOf(
  encounters: readonly Encounter[],
  { now, timeZone }: { readonly now: Instant; readonly timeZone: string },
): Retention | undefined {
  const kept = encounters
    .filter(({ status }) => status !== 'cancelled' && status !== 'entered-in-error')
    .map((encounter) => {
      const rule = inpatientClasses.has(encounter.class.code ?? '')
        ? 'inpatient-30-years'
        : 'outpatient-15-years'
      return { rule, until: yearsAfter(endOf(encounter, { now, timeZone }), rules[rule], timeZone) } as const
    })
    .toSorted((one, other) => epochMs(other.until) - epochMs(one.until))
  const [longest] = kept
  return longest && { ...longest, isOver: epochMs(longest.until) < epochMs(now) }
}

function endOf({ period }: Encounter, { now, timeZone }: { now: Instant; timeZone: string }): Instant {
  const written = period?.end ?? period?.start
  const range = written === undefined ? undefined : dateRange(written, timeZone)
  return range ? instantOf(range.highMs, timeZone) : now
}

function yearsAfter(at: Instant, years: number, timeZone: string): Instant {
  const later = new Date(epochMs(at))
  later.setUTCFullYear(later.getUTCFullYear() + years)
  return instantOf(later.getTime(), timeZone)
}
