/** Turns the emitted text of a profile into a function, at its first use; says where codes were left to a terminology. */
import * as runtime from '../fhirpath/hot/runtime.ts'
import { isObject } from '../validate/rules.ts'
import { emitProfile } from './emit.ts'
import { checkChild, type Interpreting, isTargetRight } from './interpret.ts'
import type { Item } from './items.ts'
import { type Around, deepestProfile } from './judging.ts'
import type { ProfilePlan } from './plan.ts'
import { emptyReport, isRefused } from './report.ts'
import { codingsOf, hasPattern, isFixed, isIn } from './values.ts'

type Check = (value: unknown, resource: unknown, root: unknown, depth: number) => boolean

/** `isRight`: nothing known is against it. `isAsked`: it has codes that only a terminology can judge. */
export type Verdict = { readonly isRight: boolean; readonly isAsked: boolean }

/** The compiled profiles of one set. */
export type Compiled = (plan: ProfilePlan, value: unknown, type: string, around: Around) => Verdict

export function createCompiled(judging: Interpreting): Compiled {
  const made = new Map<ProfilePlan, Map<string, Check>>()
  // Rule 13: written by the emitted functions while one resource is judged, read right after; nothing waits in between.
  const open = { isAsked: false }

  const checkOf = (plan: ProfilePlan, type: string): Check => {
    const byType = made.get(plan) ?? new Map<string, Check>()
    made.set(plan, byType)
    const known = byType.get(type)
    if (known) return known
    const check = withBase(plan, type, compile(plan, type))
    byType.set(type, check)
    return check
  }

  /** A profile without snapshot asks what it is made of as well. */
  function withBase({ definition: { base } }: ProfilePlan, type: string, own: Check): Check {
    const known = base === undefined ? undefined : judging.planAt(base)
    if (!known) return own
    return (value, resource, root, depth) =>
      (depth >= deepestProfile || checkOf(known, type)(value, resource, root, depth + 1)) &&
      own(value, resource, root, depth)
  }

  function compile(plan: ProfilePlan, type: string): Check {
    const { text, entry, constants, patterns, nodes, matchers, types, constraints } = emitProfile(
      plan,
      type,
      judging,
    )
    const profile = plan.definition.url
    const met = constraints.map(({ constraint, type: of }) => judging.isMet(constraint, of))
    const scope = {
      ...runtime,
      ...{ constants, patterns, open, isFixed, hasPattern, isIn, codingsOf },
      isMet: (at: number, value: unknown, resource: unknown, root: unknown) =>
        met[at]?.(value, resource, root) !== false,
      isInSlice(at: number, value: unknown, of: string, resource: unknown, root: unknown, depth: number) {
        return matchers[at]?.(itemOf(value, of), { resource, root, depth }) === true
      },
      isChildRight(at: number, owner: string, o: unknown, resource: unknown, root: unknown, depth: number) {
        const node = nodes[at]
        if (!node) return true
        const report = emptyReport()
        const place = { path: '', profile, around: { resource, root, depth }, isSound: true }
        checkChild(judging, node, itemOf(o, owner), place, report)
        if (report.questions.length > 0) open.isAsked = true
        return !isRefused(report)
      },
      isOfProfile(at: number, value: unknown, resource: unknown, root: unknown, depth: number) {
        const asked = types[at]
        if (!asked || !isObject(value) || depth >= deepestProfile) return true
        return isOfProfiles(asked, value, { resource, root, depth: depth + 1 })
      },
      pointsRight(at: number, value: unknown, resource: unknown, root: unknown, depth: number) {
        const asked = types[at]
        return !asked || isTargetRight(judging, asked, value, { resource, root, depth })
      },
    }
    const head = `'use strict'\nconst { ${Object.keys(scope).join(', ')} } = scope\n`
    return new Function('scope', `${head}${text}\nreturn ${entry}`)(scope)
  }

  function isOfProfiles(
    { profiles, code }: { readonly profiles: readonly string[]; readonly code: string },
    value: unknown,
    around: Around,
  ): boolean {
    const plans = profiles.map((each) => judging.planAt(each))
    if (plans.includes(undefined)) return true
    const [only] = plans
    if (only && plans.length === 1)
      return checkOf(only, code)(value, around.resource, around.root, around.depth)
    return plans.some((plan) => plan !== undefined && judging.conforms(plan, value, code, around))
  }

  return (plan, value, type, { resource, root, depth }) => {
    open.isAsked = false
    const isRight = checkOf(plan, type)(value, resource, root, depth)
    return { isRight, isAsked: open.isAsked }
  }
}

function itemOf(value: unknown, type: string): Item {
  return { value, sibling: undefined, type, property: '', index: undefined }
}
