/** R4 terminology-service.html §4.7.6: whether a code belongs to a value set, and whether a display names it. */
import type { Coding } from '@xinglin/fhir'
import { displayIn, isNamed } from '../concepts/display.ts'
import type { Composed, Part } from './compose.ts'

export type AskedCoding = Pick<Coding, 'system' | 'version' | 'code' | 'display'>

export type Verdict =
  | {
      readonly isMember: true
      readonly system: string
      readonly code: string
      readonly display?: string
      readonly message?: string
    }
  | { readonly isMember: false; readonly message: string; readonly display?: string }

export type MemberOptions = {
  readonly language?: string
  /** False refuses codes that only group others. */
  readonly isAbstractAllowed?: boolean
}

/** A coding without system belongs where exactly one system of the value set has its code. */
export async function memberVerdict(
  composed: Composed,
  { system, version, code = '', display }: AskedCoding,
  { language, isAbstractAllowed = true }: MemberOptions = {},
): Promise<Verdict> {
  const parts = composed.parts.filter((part) => isOf(part, system, version))
  const having = await Promise.all(
    parts.map(async (part) => ((await part.source.meeting([code], part.rule)).has(code) ? [part] : [])),
  )
  const [part, ...others] = having.flat()
  if (!part) return { isMember: false, message: noMember(composed, { system, version, code }) }
  if (others.length > 0 && system === undefined)
    return {
      isMember: false,
      message: `the code ${code} is of several systems of the value set; name its system`,
    }
  const concept = (await part.source.find([code])).get(code)
  if (!concept) return { isMember: false, message: noMember(composed, { system, version, code }) }
  const own = part.listed.get(code)
  const known = {
    ...(own?.display === undefined ? {} : { display: own.display }),
    ...(own?.display === undefined && concept.display !== undefined ? { display: concept.display } : {}),
    designations: [
      ...(own?.designation ?? []),
      ...concept.designations,
      ...(concept.display === undefined ? [] : [{ value: concept.display }]),
    ],
  }
  const name = displayIn(known, language)
  const shown = name === undefined ? {} : { display: name }
  if (concept.isAbstract && !isAbstractAllowed)
    return { isMember: false, message: `the code ${code} only groups others and cannot be chosen`, ...shown }
  if (concept.isInactive && !composed.hasInactive)
    return {
      isMember: false,
      message: `the code ${code} is inactive, and the value set has no inactive codes`,
      ...shown,
    }
  if (display !== undefined && !isNamed(known, display))
    return { isMember: false, message: `the display is none of the names of ${code}`, ...shown }
  const hint = concept.isInactive ? { message: `the code ${code} is inactive` } : {}
  return { isMember: true, system: part.system, code, ...shown, ...hint }
}

function isOf(part: Part, system: string | undefined, version: string | undefined): boolean {
  if (system !== undefined && part.system !== system) return false
  return (
    version === undefined ||
    part.source.header.version === undefined ||
    part.source.header.version === version
  )
}

function noMember({ valueSet }: Composed, { system, version, code }: AskedCoding): string {
  const of = system === undefined ? '' : ` of ${system}${version === undefined ? '' : `|${version}`}`
  return `the code ${code}${of} is not in the value set ${valueSet.url ?? 'that was given'}`
}
