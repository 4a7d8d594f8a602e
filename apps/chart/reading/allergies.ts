/** R4 §9.1 AllergyIntolerance. */
import type { AllergyIntolerance } from '@xinglin/fhir'
import { hasCode, wordsOf } from './codes.ts'
import type { Allergy } from './shapes.ts'

/** SNOMED CT: no known allergy, no known drug, food, environmental, latex allergy. */
const denials: ReadonlySet<string> = new Set([
  '716186003',
  '409137002',
  '429625007',
  '428607008',
  '1003774007',
])
const over: ReadonlySet<string> = new Set(['inactive', 'resolved', 'refuted', 'entered-in-error'])

export function allergyOf(allergy: AllergyIntolerance): Allergy {
  const reactions = (allergy.reaction ?? []).flatMap(({ manifestation, description }) =>
    description ? [description] : manifestation.flatMap((concept) => wordsOf(concept) ?? []),
  )
  const isSevere =
    allergy.criticality === 'high' || (allergy.reaction ?? []).some(({ severity }) => severity === 'severe')
  return {
    key: `AllergyIntolerance/${allergy.id}`,
    name: wordsOf(allergy.code) ?? wordsOf(allergy.reaction?.[0]?.substance) ?? '?',
    isSevere,
    isActive: !hasCode(allergy.clinicalStatus, over) && !hasCode(allergy.verificationStatus, over),
    isDenial: hasCode(allergy.code, denials),
    reaction: reactions.join(' · ') || undefined,
    since: allergy.onsetDateTime ?? allergy.recordedDate,
  }
}

/** Severe ones first, then by name; those that no longer hold last. */
export function allergiesOf(allergies: readonly AllergyIntolerance[]): readonly Allergy[] {
  const rank = (allergy: Allergy) => (allergy.isActive ? 0 : 2) + (allergy.isSevere ? 0 : 1)
  return allergies
    .map(allergyOf)
    .sort((left, right) => rank(left) - rank(right) || left.name.localeCompare(right.name, 'zh-Hans-CN'))
}
