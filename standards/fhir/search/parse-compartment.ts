/** FHIR R4 §3.1.1.4.1 and compartmentdefinition.html: a search within a compartment as one parameter of our own. */
import type { ResourceType } from '../model.ts'
import { invalid } from '../outcome.ts'
import { isCompartmentType, membershipParameters } from './compartments.ts'
import type { ParameterQuery } from './parameter-query.ts'

/**
 * In what R4 writes `GET [base]/Patient/42/Observation`: the door puts the compartment into a parameter of our own, so that
 * pages and totals are those of any search.
 */
export const compartmentParameter = '_compartment'

/** The members of a compartment, `Patient/42`, of one type; throws `invalid` where it never has any. */
export function parseCompartment(type: ResourceType, value: string): ParameterQuery {
  const [root = '', id = ''] = value.split('/')
  const parameters = isCompartmentType(root) ? membershipParameters(root, type) : []
  if (parameters.length === 0 || !/^[A-Za-z0-9\-.]{1,64}$/.test(id))
    throw invalid(
      `${type} is never in the compartment of ${/^[A-Z]\w{1,40}$/.test(root) ? root : 'such a type'}`,
      {
        code: 'search.bad-compartment',
      },
    )
  const values = [{ kind: 'local', types: [root as ResourceType], id }] as const
  return { kind: 'compartment', parameter: compartmentParameter, parameters, values }
}
