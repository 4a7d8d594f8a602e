/** How a coding of a rule stands among the terms of resources of one type: in their codes, or in their security labels. */
import { parameterOf } from '@xinglin/fhir/search'
import { sourcesOf } from './sources.ts'
import { codeTerm, type Space, systemCodeTerm } from './space.ts'

/** Parameters that say what a resource is about; of each type those that it has. */
const codeParameters = [
  ...['code', 'type', 'category', 'class', 'vaccine-code', 'service-type', 'service-category', 'specialty'],
  ...['code-value', 'substance', 'bodysite', 'body-site', 'reason-code', 'modality'],
]

/** Terms of which a resource has one where it holds the coding; without system the code in any. */
export function codingTerms(
  space: Space,
  aspect: 'code' | 'label',
  coding: { readonly system?: string; readonly code: string },
): readonly bigint[] {
  const parameters = aspect === 'label' ? ['_security'] : codesOf(space.type)
  return parameters.map((parameter) =>
    coding.system === undefined
      ? codeTerm(space, parameter, coding.code)
      : systemCodeTerm(space, parameter, coding.system, coding.code),
  )
}

/** Token parameters of a type under which its codes are stored. */
function codesOf(type: string): readonly string[] {
  const own = codeParameters.filter((name) => parameterOf(type, name)?.kind === 'token')
  return [...new Set(own.flatMap((name) => sourcesOf(type, name)))]
}
