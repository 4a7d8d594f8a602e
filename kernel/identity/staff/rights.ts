/** Which roles follow from positions, decided without looking anything up. */
import type { Mapping } from './staff.ts'

export type Held = { readonly department: string | null; readonly titles: readonly string[] }

/**
 * The roles that one position gives: by the rule for its title in its department, else for the title anywhere, else for
 * the department with any title, else for everybody.
 */
export function rolesOfPosition(
  mappings: readonly Mapping[],
  { department, titles }: Held,
): readonly string[] {
  const isOfTitle = ({ title }: Mapping) => title !== undefined && titles.includes(title)
  const isOfDepartment = (each: Mapping) => each.department !== undefined && each.department === department
  const anyTitle = ({ title }: Mapping) => title === undefined
  const anywhere = (each: Mapping) => each.department === undefined
  const kinds: readonly ((mapping: Mapping) => boolean)[] = [
    (each) => isOfTitle(each) && isOfDepartment(each),
    (each) => isOfTitle(each) && anywhere(each),
    (each) => anyTitle(each) && isOfDepartment(each),
    (each) => anyTitle(each) && anywhere(each),
  ]
  const found = kinds.map((isOfKind) => mappings.filter(isOfKind)).find((matching) => matching.length > 0)
  return [...new Set((found ?? []).flatMap(({ roles }) => roles))]
}

export type Reckoned = {
  readonly roles: readonly string[]
  /** Those that go with their positions. */
  readonly given: readonly string[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Given by hand, and therefore untouched. */
  readonly kept: readonly string[]
}

/** The roles of an account after its positions give `wanted`; what somebody gave by hand stays. */
export function reckonRoles({
  roles,
  given,
  wanted,
}: {
  readonly roles: readonly string[]
  readonly given: readonly string[]
  readonly wanted: readonly string[]
}): Reckoned {
  const kept = roles.filter((role) => !given.includes(role))
  const ofPositions = wanted.filter((role) => !kept.includes(role))
  const next = [...new Set([...kept, ...ofPositions])]
  return {
    roles: next,
    given: ofPositions,
    added: next.filter((role) => !roles.includes(role)),
    removed: roles.filter((role) => !next.includes(role)),
    kept,
  }
}
