/** R4 codesystem-operation-lookup (§4.8.17): what is known of a code; `property` says which properties are wanted. */
import type { Concept, Designation, LookedUp, Property } from '@xinglin/terminology'
import { displayIn } from '@xinglin/terminology'
import type { Answer } from '../../http/answer.ts'
import type { OperationCall } from '../operation.ts'
import { refuseUnknown, textsOf } from '../parameters.ts'
import { codingsOf, demandTerminology, languageOf, missing, type Part, parametersAnswer } from './asked.ts'

const known = ['code', 'system', 'version', 'coding', 'displayLanguage', 'property']
const names = { code: 'code', system: 'system', version: 'version', coding: 'coding', concept: 'none' }

export async function lookup(call: OperationCall): Promise<Answer> {
  await demandTerminology(call, 'CodeSystem', '$lookup')
  refuseUnknown(call.parameters, known)
  const [{ system, version, code = '' } = {}] = codingsOf(call.parameters, names)
  if (system === undefined) throw missing('the system of the code')
  const named = { url: system, ...(version === undefined ? {} : { version }) }
  const found = await call.kernel.terminology.lookup(call.request.actor.tenant, named, code)
  const wanted = new Set(textsOf(call.parameters, 'property'))
  return parametersAnswer(
    partsOf(found, languageOf(call), (name) => wanted.size === 0 || wanted.has(name) || wanted.has('*')),
  )
}

function partsOf(
  { name, system, concept, children }: LookedUp,
  language: string | undefined,
  isWanted: (name: string) => boolean,
): readonly Part[] {
  return [
    ['name', 'valueString', name],
    ['version', 'valueString', system.version],
    // `display` is the one part that must be there; a concept without a name is named by its code.
    ['display', 'valueString', displayIn(concept, language) ?? concept.code],
    ...(isWanted('definition') ? [propertyPart('definition', 'valueString', concept.definition)] : []),
    ...(isWanted('designation') ? concept.designations.map(designationPart) : []),
    ...relations(concept, children, isWanted),
    ...concept.properties.filter(({ code }) => isWanted(code)).map(writtenPart),
  ].filter(([, kind, value]) => kind !== 'part' || value !== undefined) as readonly Part[]
}

function relations(
  { parents, isInactive, properties }: Concept,
  children: readonly string[],
  isWanted: (name: string) => boolean,
): readonly Part[] {
  const isWritten = properties.some(({ code }) => code === 'inactive')
  const listed = (name: string, codes: readonly string[]) =>
    isWanted(name) ? codes.map((code) => propertyPart(name, 'valueCode', code)) : []
  return [
    ...listed('parent', parents),
    ...listed('child', children),
    ...(isWanted('inactive') && isInactive && !isWritten
      ? [propertyPart('inactive', 'valueBoolean', true)]
      : []),
  ]
}

function propertyPart(code: string, kind: string, value: unknown): Part {
  const parts: readonly Part[] = [
    ['code', 'valueCode', code],
    ['value', kind, value],
  ]
  return ['property', 'part', value === undefined ? undefined : parts]
}

function writtenPart(property: Property): Part {
  const [kind, value] = Object.entries(property).find(([name]) => name.startsWith('value')) ?? [
    'valueString',
    undefined,
  ]
  return propertyPart(property.code, kind, value)
}

function designationPart({ language, use, value }: Designation): Part {
  const parts: readonly Part[] = [
    ['language', 'valueCode', language],
    ['use', 'valueCoding', use],
    ['value', 'valueString', value],
  ]
  return ['designation', 'part', parts]
}
