/**
 * R4 resource-operation-validate: whether a resource could be created or written over another, or one could be deleted.
 * Judges by the base definitions, by the profile asked for, by those that the resource claims and those that the institution
 * requires of its type. A profile asked for that is not known is refused (422), because nothing could be said about it.
 * The answer is 200 wherever the question could be answered, with every issue and every warning.
 */
import {
  gone,
  invalid,
  issue,
  notFound,
  type OperationOutcomeIssue,
  type ResourceType,
  unsupported,
} from '@xinglin/fhir'
import { validate as issuesOf } from '@xinglin/fhir/validate'
import { languageOf, spoken } from '@xinglin/web'
import type { Answer } from '../http/answer.ts'
import type { OperationCall } from './operation.ts'
import { badValue, isObject, refuseUnknown, textOf } from './parameters.ts'

const modes = ['create', 'update', 'delete', 'profile'] as const
type Mode = (typeof modes)[number]

export async function validate(call: OperationCall): Promise<Answer> {
  refuseUnknown(call.parameters, ['resource', 'mode', 'profile'])
  const mode = modeOf(call)
  const profile = textOf(call.parameters, 'profile')
  const type = call.type
  if (type === undefined) throw badValue('resource', 'is validated on its type')
  await refuseUnknownProfile(call, profile, type)
  const outcome = (issues: readonly OperationOutcomeIssue[]) => outcomeIn(call.request.language, issues)
  if (mode === 'delete') return outcome(await deletionIssues(call, type))
  const sent = sentResource(call)
  const resource = sent ?? (await storedResource(call, type))
  const issues = issuesOf(resource, 'warning')
  const named = profile === undefined || isBaseProfile(profile, type) ? [] : [profile]
  return outcome([
    ...issues,
    ...addressIssues(resource, mode, { ...call, type }),
    ...(await profileIssues(call, resource, { named, isSound: issues.every(isOfContent) })),
  ])
}

/** The definitions of the institution; they are no patient's data, so that looking them up is not noted. */
function definitionsOf({ kernel, request }: OperationCall): Parameters<typeof kernel.profiles.judge>[0] {
  const { tenant } = request.actor
  return { tenant, search: (type, query) => kernel.records.search(tenant, type, query) }
}

async function profileIssues(
  call: OperationCall,
  resource: unknown,
  options: { readonly named: readonly string[]; readonly isSound: boolean },
): Promise<readonly OperationOutcomeIssue[]> {
  if (!isObject(resource) || resource.resourceType !== call.type) return []
  return call.kernel.profiles.judge(definitionsOf(call), resource, options)
}

/** Not of structure: constraints of profiles can be asked then. */
function isOfContent({ code, severity }: OperationOutcomeIssue): boolean {
  return code === 'invariant' || severity !== 'error'
}

function modeOf({ parameters, level }: OperationCall): Mode | undefined {
  const text = textOf(parameters, 'mode')
  if (text === undefined) return undefined
  const mode = modes.find((each) => each === text)
  if (!mode) throw badValue('mode', `must be one of ${modes.join(', ')}`)
  if (mode === 'create' && level === 'instance')
    throw badValue('mode', 'create is asked of a type, not of an instance')
  if (mode === 'delete' && level === 'type') throw badValue('mode', 'delete is asked of an instance')
  return mode
}

const base = 'http://hl7.org/fhir/StructureDefinition/'

/** The base definition of the type and those that it specialises, in any version but another than 4.0.1. */
function isBaseProfile(profile: string, type: string): boolean {
  const [url, version] = profile.split('|', 2)
  const isNamed = [type, 'DomainResource', 'Resource'].some((each) => url === base + each)
  return isNamed && (version === undefined || version === '4.0.1')
}

async function refuseUnknownProfile(
  call: OperationCall,
  profile: string | undefined,
  type: string,
): Promise<void> {
  if (profile === undefined || isBaseProfile(profile, type)) return
  if (await call.kernel.profiles.isKnown(definitionsOf(call), profile)) return
  throw unsupported(
    `the profile asked for is not known here; ${type} can be validated against ${base}${type} and the profiles of loaded guides`,
    {
      code: 'fhir-api.unknown-profile',
      at: 'profile',
    },
  )
}

function sentResource({ parameters, body }: OperationCall): unknown {
  const named = parameters.filter(({ name }) => name === 'resource')
  if (named.length > 1) throw badValue('resource', 'may stand once')
  if (named[0]) return named[0].value
  return isObject(body) && body.resourceType !== 'Parameters' ? body : undefined
}

async function storedResource(call: OperationCall, type: ResourceType): Promise<unknown> {
  if (call.id === undefined) {
    throw invalid('$validate needs a resource, as the body or as a parameter', {
      code: 'fhir-api.operation-missing',
      at: 'resource',
    })
  }
  const version = await call.records.read(type, call.id)
  if (!version) throw notFound(`there is no such ${type}`, { code: 'fhir-api.not-found' })
  if (version.interaction === 'delete')
    throw gone(`this ${type} was deleted; its history is still there`, { code: 'fhir-api.deleted' })
  return JSON.parse(version.json)
}

/** Deleting what is there is always possible; whoever may delete is decided when it is done. */
async function deletionIssues(
  call: OperationCall,
  type: ResourceType,
): Promise<readonly OperationOutcomeIssue[]> {
  await storedResource(call, type)
  return []
}

/** What a create or an update at this address would refuse. */
function addressIssues(
  resource: unknown,
  mode: Mode | undefined,
  { type, id }: { readonly type: ResourceType; readonly id?: string },
): readonly OperationOutcomeIssue[] {
  if (!isObject(resource)) return []
  const issues: OperationOutcomeIssue[] = []
  if (resource.resourceType !== type)
    issues.push(
      issue('invalid', `the resource is no ${type}`, { code: 'fhir-api.type-mismatch', at: 'resourceType' }),
    )
  if (id !== undefined && resource.id !== id)
    issues.push(
      issue('invalid', 'the id in the resource is not the id in the address', {
        code: 'fhir-api.id-mismatch',
        at: `${type}.id`,
      }),
    )
  if (id === undefined && mode === 'update' && resource.id === undefined)
    issues.push(
      issue('invalid', 'an update needs an id in the resource', {
        code: 'fhir-api.id-mismatch',
        at: `${type}.id`,
      }),
    )
  return issues
}

const allRight: OperationOutcomeIssue = {
  severity: 'information',
  code: 'informational',
  diagnostics: 'no error was found',
}

/** At least one issue always (OperationOutcome.issue 1..*). */
function outcomeIn(language: string | undefined, issues: readonly OperationOutcomeIssue[]): Answer {
  const hasError = issues.some(({ severity }) => severity === 'error')
  const issue = hasError ? [...issues] : [allRight, ...issues]
  const outcome = spoken({ resourceType: 'OperationOutcome', issue }, languageOf(language))
  return { status: 200, body: JSON.stringify(outcome) }
}
