/**
 * R4 patient-operation-match: which Patients a described person may be, the likeliest first, each with `search.score` and the
 * extension match-grade. The index finds them; who asks is told of those that he may see, and may not ask by what his
 * roles see masked.
 */
import { invalid, unsupported } from '@xinglin/fhir'
import type { GuardedRecords } from '@xinglin/identity'
import type { MatchedPatient } from '@xinglin/master-index/contract'
import type { Version } from '@xinglin/records'
import { bundleText } from '../bundles/text.ts'
import type { Answer } from '../http/answer.ts'
import type { OperationCall } from './operation.ts'
import { badValue, countOf, isObject, refuseUnknown, textOf } from './parameters.ts'

const usualCount = 10
const mostCount = 100
/** From here on a pair that is not certain is called probable. */
const probableFrom = 0.5
const gradeUrl = 'http://hl7.org/fhir/StructureDefinition/match-grade'

export async function match({ records, request, parameters, body, matcher }: OperationCall): Promise<Answer> {
  refuseUnknown(parameters, ['resource', 'onlyCertainMatches', 'count'])
  if (!matcher)
    throw unsupported('this installation has no master patient index', { code: 'fhir-api.no-matcher' })
  const count = Math.min(mostCount, countOf(parameters, 'count') ?? usualCount)
  const isCertainOnly = flagOf(textOf(parameters, 'onlyCertainMatches'))
  const patient = describedPatient(body, parameters.find(({ name }) => name === 'resource')?.value)
  await demandComparing(records)
  const found = await matcher.match({ tenant: request.actor.tenant, patient, count: mostCount })
  const wanted = found.filter(({ outcome }) => !isCertainOnly || outcome === 'certain')
  const shown = await shownOf(records, wanted)
  const entries = wanted.flatMap((matched) => {
    const version = shown.get(matched.id)
    return version ? [entryOf(request.baseUrl, version, matched)] : []
  })
  const answered = entries.slice(0, count)
  return { status: 200, body: bundleText({ type: 'searchset', total: answered.length, entries: answered }) }
}

function flagOf(text: string | undefined): boolean {
  if (text === undefined || text === 'false') return false
  if (text === 'true') return true
  throw badValue('onlyCertainMatches', 'must be true or false')
}

/** The parameter `resource`, or the body itself where it is a Patient. */
function describedPatient(body: unknown, parameter: unknown): Readonly<Record<string, unknown>> {
  const described = parameter ?? body
  if (isObject(described) && described.resourceType === 'Patient') return described
  throw invalid('$match needs a parameter resource with a Patient', {
    code: 'fhir-api.operation-missing',
    at: 'resource',
  })
}

/** Decides and notes the search: one that compares what may not be compared is refused as any other. */
async function demandComparing(records: GuardedRecords): Promise<void> {
  await records.search('Patient', [
    ['name', 'match'],
    ['phone', 'match'],
    ['address', 'match'],
    ['identifier', 'urn:oid:2.16.156.10011.1.3|match'],
    ['_summary', 'count'],
  ])
}

async function shownOf(
  records: GuardedRecords,
  matches: readonly MatchedPatient[],
): Promise<ReadonlyMap<string, Version>> {
  if (matches.length === 0) return new Map()
  const page = await records.search('Patient', [
    ['_id', matches.map(({ id }) => id).join(',')],
    ['_count', String(mostCount)],
  ])
  return new Map(page.matches.map((version) => [version.id, version]))
}

function entryOf(baseUrl: string, { id, json }: Version, matched: MatchedPatient): string {
  const { probability, outcome } = matched
  const doubtful = probability >= probableFrom ? 'probable' : 'possible'
  const search = {
    extension: [{ url: gradeUrl, valueCode: outcome === 'certain' ? 'certain' : doubtful }],
    mode: 'match',
    score: Math.round(probability * 1e6) / 1e6,
  }
  return `{"fullUrl":${JSON.stringify(`${baseUrl}/Patient/${id}`)},"resource":${json},"search":${JSON.stringify(search)}}`
}
