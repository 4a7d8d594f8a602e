/** A Chinese name that is given in parts only is also found whole: family 张, given 三 → 张三. */
import type { StringValue } from '@xinglin/fhir/search'

const isHan = /\p{Script=Han}/u
const named = new Set(['Patient', 'Person', 'Practitioner', 'RelatedPerson'])

type Named = {
  readonly resourceType: string
  readonly name?: unknown
}
type HumanName = { readonly family?: unknown; readonly given?: unknown; readonly text?: unknown }

/** Whole names that stand in no single element; for the parameters that look at the whole name. */
export function wholeNamesOf(resource: Named): readonly StringValue[] {
  if (!named.has(resource.resourceType) || !Array.isArray(resource.name)) return []
  return resource.name.flatMap((name: HumanName) => {
    const given = Array.isArray(name.given) ? name.given.join('') : ''
    const whole = `${typeof name.family === 'string' ? name.family : ''}${given}`
    if (!isHan.test(whole) || whole === name.text || given === '' || whole === given) return []
    return ['name', 'phonetic'].map((parameter) => ({ parameter, text: whole }))
  })
}
