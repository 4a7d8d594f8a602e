/** `$graphql` (FHIR R4 graphql.html §3.3): one question for just the elements that a client needs, at system and instance level. */
import type { Answer } from '../../http/answer.ts'
import type { Operation, OperationCall } from '../operation.ts'
import { textOf } from '../parameters.ts'
import { execute } from './execute.ts'
import { parseQuestion, readAsked } from './question.ts'

export const graphQlOperation: Operation = {
  name: 'graphql',
  definition: 'http://hl7.org/fhir/OperationDefinition/Resource-graphql',
  levels: ['system', 'instance'],
  isWriting: false,
  takesResource: true,
  answer: graphQl,
}

async function graphQl({ parameters, body, records, type, id }: OperationCall): Promise<Answer> {
  const question = await parseQuestion(readAsked(textOf(parameters, 'query'), body))
  const instance = type !== undefined && id !== undefined ? { type, id } : undefined
  const { data, errors } = await execute(records, question, instance)
  return {
    status: 200,
    body: JSON.stringify(errors.length > 0 ? { data, errors } : { data }),
  }
}
