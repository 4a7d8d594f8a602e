/** R4 codesystem- and valueset-operation-validate-code (§4.8.19, §4.9.19): whether a code exists, or belongs to a value set. */
import type { Coding } from '@xinglin/fhir'
import type { Verdict } from '@xinglin/terminology'
import type { Answer } from '../../http/answer.ts'
import type { OperationCall } from '../operation.ts'
import { refuseUnknown } from '../parameters.ts'
import {
  codingsOf,
  demandTerminology,
  flagOf,
  languageOf,
  missing,
  namedResource,
  parametersAnswer,
  versionsOf,
} from './asked.ts'

const shared = ['url', 'code', 'display', 'coding', 'codeableConcept', 'abstract', 'displayLanguage']
const ofSystem = [...shared, 'codeSystem', 'version']
const ofSet = [
  ...[...shared, 'valueSet', 'valueSetVersion', 'system', 'systemVersion'],
  ...['system-version', 'force-system-version'],
]

/** CodeSystem/$validate-code. */
export async function validateInSystem(call: OperationCall): Promise<Answer> {
  await demandTerminology(call, 'CodeSystem', '$validate-code')
  refuseUnknown(call.parameters, ofSystem)
  const names = {
    code: 'code',
    system: 'none',
    version: 'version',
    coding: 'coding',
    concept: 'codeableConcept',
  }
  const codings = codingsOf(call.parameters, names)
  const named =
    namedResource(call, 'CodeSystem', { resource: 'codeSystem', version: 'version' }) ?? systemOf(codings[0])
  const { tenant } = call.request.actor
  return answerOf(codings, (coding) =>
    // The version of the call is that of the system that is asked.
    call.kernel.terminology.validateInSystem(tenant, named, {
      ...coding,
      version: undefined,
      ...optionsOf(call),
    }),
  )
}

function systemOf(coding: Coding | undefined) {
  if (coding?.system === undefined) throw missing('url, codeSystem, or a coding with its system')
  return { url: coding.system, ...(coding.version === undefined ? {} : { version: coding.version }) }
}

/** ValueSet/$validate-code. */
export async function validateInSet(call: OperationCall): Promise<Answer> {
  await demandTerminology(call, 'ValueSet', '$validate-code')
  refuseUnknown(call.parameters, ofSet)
  const names = {
    code: 'code',
    system: 'system',
    version: 'systemVersion',
    coding: 'coding',
    concept: 'codeableConcept',
  }
  const codings = codingsOf(call.parameters, names)
  const named = namedResource(call, 'ValueSet', { resource: 'valueSet', version: 'valueSetVersion' })
  if (!named) throw missing('url or valueSet, or the address of a ValueSet')
  const { tenant } = call.request.actor
  const versions = versionsOf(call.parameters)
  return answerOf(codings, (coding) =>
    call.kernel.terminology.validateInSet(tenant, named, { ...coding, ...optionsOf(call), versions }),
  )
}

function optionsOf(call: OperationCall) {
  return { language: languageOf(call), isAbstractAllowed: flagOf(call.parameters, 'abstract') ?? true }
}

/** One coding of a concept that fits is enough. */
async function answerOf(
  codings: readonly Coding[],
  judge: (coding: Coding) => Promise<Verdict>,
): Promise<Answer> {
  const verdicts: Verdict[] = []
  for (const coding of codings) verdicts.push(await judge(coding))
  const verdict = verdicts.find(({ isMember }) => isMember) ?? verdicts[0]
  return parametersAnswer([
    ['result', 'valueBoolean', verdict?.isMember ?? false],
    ['message', 'valueString', verdict?.message],
    ['display', 'valueString', verdict?.display],
  ])
}
