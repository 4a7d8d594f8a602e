/** R4 codesystem-operation-subsumes (§4.8.18): how code A stands to code B in the hierarchy of their system. */
import type { Coding } from '@xinglin/fhir'
import type { Answer } from '../../http/answer.ts'
import type { OperationCall } from '../operation.ts'
import { badValue, refuseUnknown, textOf } from '../parameters.ts'
import { codingsOf, demandTerminology, missing, parametersAnswer } from './asked.ts'

const known = ['codeA', 'codeB', 'codingA', 'codingB', 'system', 'version']

export async function subsumes(call: OperationCall): Promise<Answer> {
  await demandTerminology(call, 'CodeSystem', '$subsumes')
  refuseUnknown(call.parameters, known)
  const [a, b] = (['A', 'B'] as const).map((letter) => codingOf(call, letter))
  const named = call.id === undefined ? systemOf(call, a, b) : { id: call.id }
  const { tenant } = call.request.actor
  const codes = { a: a?.code ?? '', b: b?.code ?? '' }
  const outcome = await call.kernel.terminology.subsumes(tenant, named, codes)
  return parametersAnswer([['outcome', 'valueCode', outcome]])
}

function codingOf({ parameters }: OperationCall, letter: 'A' | 'B'): Coding | undefined {
  const names = {
    code: `code${letter}`,
    coding: `coding${letter}`,
    system: 'system',
    version: 'version',
    concept: 'none',
  }
  return codingsOf(parameters, names)[0]
}

function systemOf({ parameters }: OperationCall, a: Coding | undefined, b: Coding | undefined) {
  const [first, second] = [a, b].map((coding) => coding?.system)
  if (first !== undefined && second !== undefined && first !== second)
    throw badValue('codingB', 'must be of the same system as codingA')
  const url = textOf(parameters, 'system') ?? first ?? second
  if (url === undefined) throw missing('the system of the codes')
  const version = textOf(parameters, 'version') ?? a?.version
  return { url, ...(version === undefined ? {} : { version }) }
}
