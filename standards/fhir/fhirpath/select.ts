/**
 * FHIRPath over one R4 resource by walking it: answers elements together with where they stand, which compiled
 * expressions cannot. For the paths of a patch (fhirpatch.html §3.1.5): children, indexes, `where`, types, extensions,
 * comparisons, logic and texts. What it does not know it refuses (patterns, because one from outside can take for ever);
 * dates are compared as text, so only of equal precision.
 * A name that no type there has is an error, not an empty answer, because a patch with a slip of the pen must not pass.
 */
import { comparison, computed, isEqual, isSame, isTrue, truth, union } from './compare.ts'
import { childrenOf, type Found, typeNow } from './found.ts'
import { NotSelected } from './not-selected.ts'
import { parseFhirPath } from './parse.ts'
import { ofTexts, textFunctions } from './texts.ts'
import { NotCompiled, type Tree } from './tree.ts'

/** `steps` counts down: conditions within conditions multiply, and an expression may come from outside. */
type Around = { readonly focus: readonly Found[]; readonly root: Found; readonly steps: { left: number } }
/** Steps of one expression over one resource (some 100 ns each): a patch or search parameter takes tens. */
const mostSteps = 100_000
type Call = Extract<Tree, { kind: 'call' }>

/** The elements that the expression finds in the resource, in document order. Throws `NotSelected`. */
export function selectPath(
  resource: { readonly resourceType: string },
  expression: string,
): readonly Found[] {
  return selectTree(resource, pathTree(expression))
}

/** The expression, read once for many resources. Throws `NotSelected`. */
export function pathTree(expression: string): Tree {
  try {
    return parseFhirPath(expression)
  } catch (error) {
    if (error instanceof NotCompiled) throw new NotSelected('the path is not FHIRPath as it is read here')
    throw error
  }
}

/** What an expression that has been read finds in the resource. Throws `NotSelected`. */
export function selectTree(resource: { readonly resourceType: string }, tree: Tree): readonly Found[] {
  const root: Found = { type: resource.resourceType, value: resource }
  return select(tree, { focus: [root], root, steps: { left: mostSteps } })
}

function select(tree: Tree, around: Around): readonly Found[] {
  if (around.steps.left-- === 0) throw new NotSelected('the path takes too many steps')
  switch (tree.kind) {
    case 'literal':
      return [computed(tree.value)]
    case 'this':
      return around.focus
    case 'variable':
      if (tree.name === 'resource' || tree.name === 'context' || tree.name === 'rootResource')
        return [around.root]
      throw new NotSelected(`%${tree.name} is not known here`)
    case 'child':
      return children(select(tree.base, around), tree.name, tree.base.kind === 'this')
    case 'call':
      return call(tree, around)
    case 'binary':
      return binary(tree, around)
  }
}

const general: ReadonlySet<string> = new Set(['Resource', 'DomainResource'])

function children(base: readonly Found[], name: string, isFirst: boolean): readonly Found[] {
  if (isFirst && base.every((each) => typeNow(each) === name || general.has(name))) return base
  const lists = base.map((each) => childrenOf(each, name))
  if (base.length > 0 && lists.every((list) => list === undefined))
    throw new NotSelected(`${typeNow(base[0] ?? computed(''))} has no element ${name}`)
  return lists.flatMap((list) => list ?? [])
}

function call(tree: Call, around: Around): readonly Found[] {
  const base = select(tree.base, around)
  const { name, args } = tree
  switch (name) {
    case '[]':
      return at(base, numberOf(argument(args, around, base)))
    case 'first':
      return base.slice(0, 1)
    case 'last':
      return base.slice(-1)
    case 'tail':
      return base.slice(1)
    case 'skip':
      return base.slice(numberOf(argument(args, around, base)))
    case 'take':
      return base.slice(0, numberOf(argument(args, around, base)))
    case 'single':
      if (base.length > 1) throw new NotSelected('single() met several elements')
      return base
    case 'where':
      return base.filter((each) => isTrue(select(condition(args), { ...around, focus: [each] })))
    case 'ofType':
    case 'as':
      return base.filter((each) => typeNow(each) === typeName(args))
    case 'is':
      return truth(base.length === 1 && base.every((each) => typeNow(each) === typeName(args)))
    case 'extension':
      return extensions(base, textOf(argument(args, around, base)))
    case 'select':
      return base.flatMap((each) => select(condition(args), { ...around, focus: [each] }))
    case 'distinct':
      return union(base, [], isEqual)
    case 'union':
      return union(base, argument(args, around, around.focus), isEqual)
    case 'iif':
      return chosen(args, base, around)
    case 'resolve':
      return base.flatMap(referredTo)
    default:
      return textFunctions.has(name) ? texts(tree, base, around) : test(tree, base, around)
  }
}

/** §5.5.1 `iif(criterion, then, otherwise)`. */
function chosen(args: readonly Tree[], base: readonly Found[], around: Around): readonly Found[] {
  const [criterion, yes, no] = args
  if (!criterion || !yes) throw new NotSelected('iif() takes a criterion and what it chooses')
  const inner = { ...around, focus: base }
  if (isTrue(select(criterion, inner))) return select(yes, inner)
  return no ? select(no, inner) : []
}

/** What a reference says of its target: its type and id. The target itself is not read. */
function referredTo({ value }: Found): readonly Found[] {
  const written =
    typeof value === 'object' && value !== null ? (value as Partial<Record<string, unknown>>) : {}
  const [, type = written.type, id] =
    /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/|$)/.exec(
      String(written.reference ?? ''),
    ) ?? []
  return typeof type === 'string' ? [{ type, value: { resourceType: type, id } }] : []
}

function texts({ name, args }: Call, base: readonly Found[], around: Around): readonly Found[] {
  const given = args.map((arg) => select(arg, around)[0]?.value)
  return ofTexts(
    name,
    base.map(({ value }) => value),
    given,
  ).map(computed)
}

function test({ name, args }: Call, base: readonly Found[], around: Around): readonly Found[] {
  const holds = (each: Found) => isTrue(select(condition(args), { ...around, focus: [each] }))
  switch (name) {
    case 'exists':
      return truth(args.length === 0 ? base.length > 0 : base.some(holds))
    case 'empty':
      return truth(base.length === 0)
    case 'all':
      return truth(base.every(holds))
    case 'not':
      return base.length === 0 ? [] : truth(!isTrue(base))
    case 'count':
      return [computed(base.length)]
    case 'hasValue':
      return truth(base.length === 1 && base[0]?.value !== undefined)
    case 'startsWith':
    case 'endsWith':
    case 'contains':
      return textTest(name, base, textOf(argument(args, around, base)))
    default:
      throw new NotSelected(`${name}() is not known here`)
  }
}

function textTest(
  name: 'startsWith' | 'endsWith' | 'contains',
  base: readonly Found[],
  wanted: string,
): readonly Found[] {
  const text = base[0]?.value
  if (typeof text !== 'string') return []
  switch (name) {
    case 'startsWith':
      return truth(text.startsWith(wanted))
    case 'endsWith':
      return truth(text.endsWith(wanted))
    case 'contains':
      return truth(text.includes(wanted))
  }
}

function binary(tree: Extract<Tree, { kind: 'binary' }>, around: Around): readonly Found[] {
  const left = select(tree.left, around)
  const right = select(tree.right, around)
  switch (tree.operator) {
    case 'and':
      return truth(isTrue(left) && isTrue(right))
    case 'or':
      return truth(isTrue(left) || isTrue(right))
    case 'xor':
      return truth(isTrue(left) !== isTrue(right))
    case 'implies':
      return truth(!isTrue(left) || isTrue(right))
    case '|':
      return union(left, right, isSame)
    case '&':
      return [computed(`${left[0]?.value ?? ''}${right[0]?.value ?? ''}`)]
    case '+':
      return left.length === 0 || right.length === 0
        ? []
        : ofTexts('+', [left[0]?.value], [right[0]?.value]).map(computed)
    case 'in':
      return left.length === 0 ? [] : truth(right.some((each) => isEqual(each, left[0])))
    case 'contains':
      return right.length === 0 ? [] : truth(left.some((each) => isEqual(each, right[0])))
    default:
      return comparison(tree.operator, left, right)
  }
}

function extensions(base: readonly Found[], url: string): readonly Found[] {
  return children(base, 'extension', false).filter(
    ({ value }) => typeof value === 'object' && value !== null && 'url' in value && value.url === url,
  )
}

/** §5.3.1: empty beyond the end. */
function at(base: readonly Found[], index: number): readonly Found[] {
  const found = base[index]
  return found ? [found] : []
}

function condition(args: readonly Tree[]): Tree {
  const [first] = args
  if (first && args.length === 1) return first
  throw new NotSelected('a function stands without its one argument')
}

/** An argument that is a value is read where the call stands. */
function argument(args: readonly Tree[], around: Around, base: readonly Found[]): readonly Found[] {
  return select(condition(args), { ...around, focus: base })
}

function typeName(args: readonly Tree[]): string {
  const type = condition(args)
  if (type.kind === 'child') return type.name
  throw new NotSelected('a type stands as its name')
}

function numberOf(found: readonly Found[]): number {
  const value = found[0]?.value
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
  throw new NotSelected('a place in a list is a whole number from 0')
}

function textOf(found: readonly Found[]): string {
  const value = found[0]?.value
  if (typeof value === 'string') return value
  throw new NotSelected('a function here takes text')
}
