/** What a policy must be before it is kept or tried. */
import { invalid } from '@xinglin/fhir'
import { isResourceType } from '@xinglin/fhir/search'
import { type Policy, patientScopes } from './policy.ts'

const mostTitleCharacters = 80
/** A policy that names more is several. */
const mostListed = 200
const mostDays = 36_500

/** Throws `invalid` (`access.policy`) with the field that is wrong. */
export function refuseBroken({
  id,
  title,
  types,
  interactions,
  patients,
  afterDays,
  purposes,
  hidden,
}: Policy): void {
  if (!/^[a-z][a-z0-9-]{1,63}$/.test(id)) throw broken('id', '2 to 64 lower-case letters, digits or hyphens')
  for (const text of [title.zh, title.en])
    if (text.trim() === '' || text.length > mostTitleCharacters)
      throw broken('title', `1 to ${mostTitleCharacters} characters in Chinese and in English`)
  if (
    types.length === 0 ||
    types.length > mostListed ||
    !types.every((type) => type === '*' || isResourceType(type))
  )
    throw broken('types', 'a list of resource types, or *')
  if (interactions === '' || !/^c?r?u?d?s?$/.test(interactions))
    throw broken('interactions', 'letters of cruds in this order')
  if (!patientScopes.includes(patients)) throw broken('patients', patientScopes.join(', '))
  if (!Number.isInteger(afterDays) || afterDays < 0 || afterDays > mostDays)
    throw broken('afterDays', `0 to ${mostDays} days`)
  if (purposes.length > mostListed || !purposes.every((code) => /^[A-Z0-9]{2,20}$/.test(code)))
    throw broken('purposes', 'codes of v3-PurposeOfUse')
  if (hidden.length > mostListed || !hidden.every(isElementPath))
    throw broken('hidden', 'elements such as Patient.telecom, of the types of the policy')
}

/** `Patient.telecom`, not what every resource needs to be one. */
function isElementPath(path: string): boolean {
  const [type = '', ...names] = path.split('.')
  const [first = ''] = names
  const isNamed = names.length > 0 && names.every((name) => /^[a-zA-Z]{1,64}$/.test(name))
  return isResourceType(type) && isNamed && !['id', 'meta', 'resourceType', 'status'].includes(first)
}

/** The refusal of a field of a policy. */
export function broken(at: string, wanted: string) {
  return invalid(`${at} of a policy must be ${wanted}`, { code: 'access.policy', at })
}
