/** What the terminology operations (R4 terminology-service.html §4.7) have in common: who may ask, and what is asked about. */
import type { CodeableConcept, CodeSystem, Coding, ConceptMap, ValueSet } from '@xinglin/fhir'
import { invalid } from '@xinglin/fhir'
import { validate as issuesOf } from '@xinglin/fhir/validate'
import { canonicalOf, type Named, type SystemVersions } from '@xinglin/terminology'
import type { Answer } from '../../http/answer.ts'
import type { OperationCall } from '../operation.ts'
import { badValue, isObject, type Parameters, textOf, textsOf } from '../parameters.ts'

type Kinds = { CodeSystem: CodeSystem; ValueSet: ValueSet; ConceptMap: ConceptMap }
type Kind = keyof Kinds

/** Decided like a search of its type, and told in the audit trail like one; what is asked about names no patient. */
export async function demandTerminology(
  { kernel, request, id }: OperationCall,
  type: Kind,
  operation: `$${string}`,
): Promise<void> {
  kernel.identity.demand(request.actor, { kind: 'record', interaction: 'search', type })
  await kernel.identity.audit(request.actor, {
    action: 'search',
    outcome: 'allowed',
    resourceType: type,
    detail: operation,
    ...(id === undefined ? {} : { resourceId: id }),
  })
}

/** The resource of an instance call, of the parameter that carries one, or of a url; undefined where none is named. */
export function namedResource<K extends Kind>(
  call: OperationCall,
  kind: K,
  {
    url = 'url',
    resource,
    version,
  }: { readonly url?: string; readonly resource?: string; readonly version?: string } = {},
): Named<Kinds[K]> | undefined {
  if (call.id !== undefined) return { id: call.id }
  const given = resource === undefined ? sentAlone(call, kind) : resourceOf(call.parameters, resource, kind)
  if (given) return { resource: given as Kinds[K] }
  const text = textOf(call.parameters, url)
  if (text === undefined) return undefined
  const named = canonicalOf(text)
  const wanted = version === undefined ? undefined : textOf(call.parameters, version)
  return wanted === undefined ? named : { ...named, version: wanted }
}

/** Throws `invalid` naming what a call must carry. */
export function missing(what: string) {
  return invalid(`this operation needs ${what}`, { code: 'fhir-api.operation-missing' })
}

/** §3.2.0.2: a resource sent as it is. */
function sentAlone({ body }: OperationCall, kind: Kind): unknown {
  return isObject(body) && body.resourceType === kind ? checked(body, kind, kind) : undefined
}

/** A resource in a parameter; throws `invalid` where it is none of that kind, or no valid one. */
export function resourceOf(parameters: Parameters, name: string, kind: Kind): unknown {
  const found = parameters.find((each) => each.name === name)
  return found && checked(found.value, kind, name)
}

function checked(value: unknown, kind: Kind, name: string): unknown {
  if (!isObject(value) || value.resourceType !== kind) throw badValue(name, `must be a ${kind}`)
  const [issue] = issuesOf(value)
  if (issue) throw badValue(name, `must be a valid ${kind}: ${issue.diagnostics ?? issue.code}`)
  return value
}

/** The codings that a call asks about: of `code`, `coding` or `codeableConcept` (or their other names). */
export function codingsOf(
  parameters: Parameters,
  names: {
    readonly code: string
    readonly system: string
    readonly version: string
    readonly coding: string
    readonly concept: string
  },
): readonly Coding[] {
  const coding = parameters.find(({ name }) => name === names.coding)?.value
  const concept = parameters.find(({ name }) => name === names.concept)?.value
  const code = textOf(parameters, names.code)
  const given = [coding, concept, code].filter((each) => each !== undefined)
  if (given.length !== 1) throw missing(`one of ${names.code}, ${names.coding} and ${names.concept}`)
  if (coding !== undefined) return [checkedCoding(coding, names.coding)]
  if (concept !== undefined) return codingsIn(concept, names.concept)
  const [system, version, display] = [names.system, names.version, 'display'].map((name) =>
    textOf(parameters, name),
  )
  return [
    {
      code,
      ...(system === undefined ? {} : { system }),
      ...(version === undefined ? {} : { version }),
      ...(display === undefined ? {} : { display }),
    },
  ]
}

function codingsIn(value: unknown, name: string): readonly Coding[] {
  const { coding = [] } = (isObject(value) ? value : {}) as CodeableConcept
  if (!Array.isArray(coding) || coding.length === 0) throw badValue(name, 'must have a coding')
  return coding.map((each) => checkedCoding(each, name))
}

function checkedCoding(value: unknown, name: string): Coding {
  if (!isObject(value)) throw badValue(name, 'must be a Coding')
  for (const part of ['system', 'version', 'code', 'display'])
    if (value[part] !== undefined && typeof value[part] !== 'string')
      throw badValue(name, `must have a text as its ${part}`)
  if (value.code === undefined) throw badValue(name, 'must have a code')
  return value as Coding
}

/** `true` or `false`; undefined where it is absent. */
export function flagOf(parameters: Parameters, name: string): boolean | undefined {
  const text = textOf(parameters, name)
  if (text === undefined || text === 'true' || text === 'false')
    return text === undefined ? undefined : text === 'true'
  throw badValue(name, 'must be true or false')
}

/** A whole number from 0; undefined where it is absent. */
export function numberOf(parameters: Parameters, name: string): number | undefined {
  const text = textOf(parameters, name)
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw badValue(name, 'must be a whole number from 0')
}

/** `system-version` and `force-system-version`: `url|version`, any number of them. */
export function versionsOf(parameters: Parameters): SystemVersions {
  const table = (name: string) =>
    new Map(
      textsOf(parameters, name).map((text) => {
        const { url, version } = canonicalOf(text)
        if (version === undefined) throw badValue(name, 'must be system|version')
        return [url, version] as const
      }),
    )
  return { usual: table('system-version'), forced: table('force-system-version') }
}

/** The language that is asked for (BCP 47): by the parameter, else by Accept-Language (§4.9.18). */
export function languageOf({ parameters, request }: OperationCall): string | undefined {
  const sent = request.language === '*' ? undefined : request.language
  return textOf(parameters, 'displayLanguage') ?? sent
}

/** A part of an answer: `['display', 'valueString', '糖尿病']`; one without value is left out. */
export type Part = readonly [name: string, kind: string, value: unknown]

/** An answer that is a Parameters resource. */
export function parametersAnswer(parts: readonly Part[]): Answer {
  return {
    status: 200,
    body: JSON.stringify({ resourceType: 'Parameters', parameter: parts.flatMap(parameterOf) }),
  }
}

/** A nested list of parts stands under the kind `part`. */
export function parameterOf([name, kind, value]: Part): readonly object[] {
  if (value === undefined) return []
  if (kind === 'part') return [{ name, part: (value as readonly Part[]).flatMap(parameterOf) }]
  return [{ name, [kind]: value }]
}
