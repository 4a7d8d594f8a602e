/** A directive as rows of the tables `consent.rule` and `consent.rule_terms`. */
import type { TenantId } from '@xinglin/events'
import { allResourceTypes, compartmentParameters } from '@xinglin/fhir/search'
import { codingTerms, identityOf } from '@xinglin/records'
import type { Coding, ConsentRule, Directive } from './consent.ts'
import { isAboutConsents, isPurposeNamed } from './evaluate.ts'

/** What can stand in a chart. */
const chartTypes: ReadonlySet<string> = new Set(
  allResourceTypes.filter((type) => type === 'Patient' || compartmentParameters(type).length > 0),
)

/** Whether resources of a type may be in a patient's chart. */
export function isInCharts(type: string): boolean {
  return chartTypes.has(type)
}

/** The rows of `consent.rule`, as their columns are called. */
export function ruleRows(tenant: TenantId, { consent, patient, rules }: Directive) {
  return rules.map((rule) => ({
    consent,
    number: rule.number,
    parent: rule.parent,
    ancestors: ancestorsOf(rules, rule),
    patient,
    decision: rule.decision,
    actors: rule.actors,
    purposes: rule.purposes,
    starts: rule.starts,
    ends: rule.ends,
    types: rule.types,
    instances: rule.instances?.map(({ type, id }) => String(identityOf(tenant, type, id))),
    data_from: rule.dataFrom,
    data_until: rule.dataUntil,
    has_codes: rule.codes !== undefined,
    has_labels: rule.labels !== undefined,
    has_unknown: rule.unknown !== undefined,
    names_purpose: isPurposeNamed(rules, rule),
    about_consents: isAboutConsents(rules),
  }))
}

/** The rows of `consent.rule_terms`: a list of terms for each type that the rule may be about. */
export function termRows(tenant: TenantId, { consent, rules }: Directive) {
  const termsOf = (aspect: 'code' | 'label', type: string, codings: readonly Coding[]) =>
    [...new Set(codings.flatMap((coding) => codingTerms({ tenant, type }, aspect, coding)))].map(String)
  return rules.flatMap(({ number, types = [...chartTypes], codes, labels }) =>
    (['code', 'label'] as const).flatMap((aspect) => {
      const codings = aspect === 'code' ? codes : labels
      if (!codings) return []
      return [...new Set(types)]
        .map((type) => ({ consent, number, aspect, type, terms: termsOf(aspect, type, codings) }))
        .filter(({ terms }) => terms.length > 0)
    }),
  )
}

function ancestorsOf(rules: readonly ConsentRule[], { parent }: ConsentRule): readonly number[] {
  if (parent === undefined) return []
  const around = rules[parent]
  return around ? [...ancestorsOf(rules, around), parent] : []
}
