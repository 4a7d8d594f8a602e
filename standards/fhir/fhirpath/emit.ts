/**
 * Compiles a FHIRPath expression over a known R4 type into JavaScript text, specialised on the element tables. Only what
 * the invariants of R4 use; anything else is `NotCompiled`. There is no three-valued logic at run time: of each truth two
 * texts are made, whether it is true and whether it is false; where neither holds it is empty (FHIRPath §6.5).
 * Longer than other files because one switch over the functions is the language.
 */
import { parseFhirPath } from './parse.ts'
import { NotCompiled, type Tree } from './tree.ts'
import { anyList, constantView, listView, objectView, type View } from './views.ts'

/** Texts of two JavaScript expressions. */
export type Truth = { readonly isTrue: string; readonly isFalse: string }

export type Scope = {
  /** The element that the expression is about. */
  readonly self: View
  /** Type of the resource around it, where known; `%resource` is the variable `resource`, `%rootResource` `root`. */
  readonly resourceType: string | undefined
  /** Patterns that the text refers to as `patterns[n]`. */
  readonly patterns: RegExp[]
}

type Context = Scope & { readonly focus: View; readonly depth: number }

/** The truth of a whole expression. */
export function emitTruth(expression: string, scope: Scope): Truth {
  return truth(parseFhirPath(expression), { ...scope, focus: scope.self, depth: 0 })
}

const ucum = 'http://unitsofmeasure.org'

function truth(tree: Tree, context: Context): Truth {
  if (tree.kind === 'binary') return operation(tree, context)
  if (tree.kind === 'call') {
    const found = testCall(tree, context)
    if (found) return found
  }
  const { value, types } = view(tree, context)
  if (types.some((type) => type !== 'boolean') || types.length === 0)
    throw new NotCompiled('a truth that is no boolean')
  const text = value()
  return { isTrue: `${text} === true`, isFalse: `${text} === false` }
}

const twoValued = (claim: string): Truth => ({ isTrue: claim, isFalse: `!(${claim})` })
const maybe = (text: string): Truth => ({ isTrue: `${text} === true`, isFalse: `${text} === false` })

type Binary = Extract<Tree, { kind: 'binary' }>
type Call = Extract<Tree, { kind: 'call' }>

function operation({ operator, left, right }: Binary, context: Context): Truth {
  switch (operator) {
    case 'and':
    case 'or':
    case 'xor':
    case 'implies':
      return logic(operator, truth(left, context), truth(right, context))
    case '=':
      return equality(left, right, context)
    case '!=':
      return negated(equality(left, right, context))
    case 'in':
      return membership(left, right, context)
    case 'contains':
      return membership(right, left, context)
    case '<':
    case '>':
    case '<=':
    case '>=':
      return comparison(operator, left, right, context)
    default:
      throw new NotCompiled(`${operator} as a truth`)
  }
}

function negated({ isTrue, isFalse }: Truth): Truth {
  return { isTrue: isFalse, isFalse: isTrue }
}

/** §6.5: each table of three values, written as when it is true and when it is false. */
function logic(operator: 'and' | 'or' | 'xor' | 'implies', a: Truth, b: Truth): Truth {
  const both = (x: string, y: string) => `(${x}) && (${y})`
  const either = (x: string, y: string) => `(${x}) || (${y})`
  switch (operator) {
    case 'and':
      return { isTrue: both(a.isTrue, b.isTrue), isFalse: either(a.isFalse, b.isFalse) }
    case 'or':
      return { isTrue: either(a.isTrue, b.isTrue), isFalse: both(a.isFalse, b.isFalse) }
    case 'implies':
      return { isTrue: either(a.isFalse, b.isTrue), isFalse: both(a.isTrue, b.isFalse) }
    case 'xor':
      return {
        isTrue: either(both(a.isTrue, b.isFalse), both(a.isFalse, b.isTrue)),
        isFalse: either(both(a.isTrue, b.isTrue), both(a.isFalse, b.isFalse)),
      }
  }
}

function equality(left: Tree, right: Tree, context: Context): Truth {
  if (isTruth(left) && isTruth(right))
    return negated(logic('xor', truth(left, context), truth(right, context)))
  if (isNumeric(left)) return compared('===', '!==', number(left, context), number(right, context))
  return compared('===', '!==', view(left, context).value(), view(right, context).value())
}

function compared(same: string, other: string, a: string, b: string): Truth {
  const present = [a, b]
    .filter((text) => !/^("|\d|true|false)/.test(text))
    .map((text) => `${text} !== undefined`)
  return {
    isTrue: [...present.slice(0, 1), `${a} ${same} ${b}`].join(' && '),
    isFalse: [...present, `${a} ${other} ${b}`].join(' && '),
  }
}

function membership(member: Tree, list: Tree, context: Context): Truth {
  const text = view(member, context).value()
  const claim = `${view(list, context).list()}.includes(${text})`
  return { isTrue: `${text} !== undefined && ${claim}`, isFalse: `${text} !== undefined && !${claim}` }
}

const opposite = { '<': '>=', '>': '<=', '<=': '>', '>=': '<' } as const
const momentTypes: ReadonlySet<string> = new Set(['date', 'dateTime', 'instant'])

function comparison(operator: keyof typeof opposite, left: Tree, right: Tree, context: Context): Truth {
  const by = (text: string): Truth => ({
    isTrue: `${text} ${operator} 0`,
    isFalse: `${text} ${opposite[operator]} 0`,
  })
  const type = isNumeric(left) ? 'decimal' : view(left, context).types[0]
  if (type !== undefined && momentTypes.has(type))
    return by(compareCall('compareMoments', left, right, context))
  if (type === 'Quantity') return by(compareCall('compareQuantities', left, right, context))
  const [a, b] = [number(left, context), number(right, context)]
  return { isTrue: `${a} ${operator} ${b}`, isFalse: `${a} ${opposite[operator]} ${b}` }
}

function compareCall(name: string, left: Tree, right: Tree, context: Context): string {
  return `${name}(${view(left, context).value()}, ${view(right, context).value()})`
}

const tests: ReadonlySet<string> = new Set([
  'exists',
  'empty',
  'not',
  'hasValue',
  'all',
  'allFalse',
  'isDistinct',
  'is',
  'startsWith',
  'contains',
  'matches',
  'iif',
])
const logicOperators: ReadonlySet<string> = new Set([
  'and',
  'or',
  'xor',
  'implies',
  '=',
  '!=',
  'in',
  'contains',
  '<',
  '>',
  '<=',
  '>=',
])

function isTruth(tree: Tree): boolean {
  if (tree.kind === 'call') return tests.has(tree.name)
  return tree.kind === 'binary' && logicOperators.has(tree.operator)
}

function isNumeric(tree: Tree): boolean {
  if (tree.kind === 'literal') return typeof tree.value === 'number'
  if (tree.kind === 'binary') return tree.operator === '+'
  return tree.kind === 'call' && ['count', 'toInteger', 'length'].includes(tree.name)
}

/** Text of a number, undefined at run time where the expression is empty: every comparison with it is then false. */
function number(tree: Tree, context: Context): string {
  if (tree.kind === 'binary' && tree.operator === '+')
    return `(${number(tree.left, context)} + ${number(tree.right, context)})`
  if (tree.kind === 'call' && tree.name === 'count') return view(tree.base, context).count()
  if (tree.kind === 'call' && tree.name === 'toInteger' && tree.base.kind !== 'literal')
    return `toInteger(${view(tree.base, context).value()})`
  if (tree.kind === 'call' && tree.name === 'length') return `lengthOf(${view(tree.base, context).value()})`
  return view(tree, context).value()
}

function testCall(tree: Call, context: Context): Truth | undefined {
  const { base, name, args } = tree
  switch (name) {
    case 'exists':
      return twoValued(
        (args[0] ? filtered(view(base, context), args[0], context) : view(base, context)).exists(),
      )
    case 'empty':
      return negated(twoValued(view(base, context).exists()))
    case 'not':
      return negated(truth(base, context))
    case 'hasValue':
      return twoValued(`${view(base, context).value()} !== undefined`)
    case 'isDistinct':
      return twoValued(`isDistinct(${view(base, context).list()})`)
    case 'all':
      return twoValued(every(view(base, context), argument(args), context, 'isTrue'))
    case 'allFalse':
      return allFalse(base, context)
    case 'is':
      return isOfType(base, typeNamed(args), context)
    case 'iif':
      if (base.kind !== 'this') throw new NotCompiled('iif of a path')
      return logic('implies', truth(argument(args), context), truth(argument(args, 1), context))
    default:
      return textTest(tree, context)
  }
}

function textTest({ base, name, args }: Call, context: Context): Truth | undefined {
  const text = () => view(base, context).value()
  switch (name) {
    case 'startsWith':
      return maybe(`startsWith(${text()}, ${view(argument(args), context).value()})`)
    case 'contains':
      return maybe(`includes(${text()}, ${view(argument(args), context).value()})`)
    case 'matches':
      return maybe(`matches(${text()}, ${pattern(argument(args), 's', context)})`)
    default:
      return undefined
  }
}

function argument(args: readonly Tree[], at = 0): Tree {
  const found = args[at]
  if (!found) throw new NotCompiled('a call without its argument')
  return found
}

/** FHIRPath §9.2: an element of a primitive type is one of the System type that it holds. */
const systemTypes: Readonly<Record<string, string>> = {
  Boolean: 'boolean',
  String: 'string',
  Integer: 'integer',
  Decimal: 'decimal',
  Date: 'date',
  DateTime: 'dateTime',
  Time: 'time',
}

function typeNamed(args: readonly Tree[]): string {
  const type = argument(args)
  if (type.kind !== 'child') throw new NotCompiled('a type that is no name')
  const isOfSystem = type.base.kind === 'child' && type.base.name !== 'FHIR'
  if (isOfSystem) throw new NotCompiled('a type that is none of FHIR')
  return systemTypes[type.name] ?? type.name
}

function pattern(tree: Tree, flags: string, { patterns }: Context): string {
  if (tree.kind !== 'literal') throw new NotCompiled('a pattern that is no literal')
  return `patterns[${patterns.push(new RegExp(String(tree.value), flags)) - 1}]`
}

/** `select(claim).allFalse()`. */
function allFalse(base: Tree, context: Context): Truth {
  if (base.kind !== 'call' || base.name !== 'select') throw new NotCompiled('allFalse of a path')
  return twoValued(every(view(base.base, context), argument(base.args), context, 'isFalse'))
}

function every(list: View, claim: Tree, context: Context, which: keyof Truth): string {
  const [name, inner] = within(list, context)
  return `${list.list()}.every((${name}) => ${truth(claim, inner)[which]})`
}

/** The name of one item of a list and the context in which an argument reads it. */
function within(list: View, context: Context): readonly [name: string, inner: Context] {
  const name = `e${context.depth}`
  return [name, { ...context, focus: objectView(name, list.types), depth: context.depth + 1 }]
}

/** R4 datatypes.html: primitives that are special cases of another, for which `is` holds too. */
const specialCases: Readonly<Record<string, readonly string[]>> = {
  string: ['code', 'id', 'markdown'],
  uri: ['canonical', 'oid', 'url', 'uuid'],
  integer: ['positiveInt', 'unsignedInt'],
  Quantity: ['Age', 'Count', 'Distance', 'Duration', 'MoneyQuantity', 'SimpleQuantity'],
}

function isOfType(base: Tree, type: string, context: Context): Truth {
  if (base.kind === 'literal') throw new NotCompiled('the type of a literal')
  const whole = view(base, context)
  if (whole.types.includes('Resource')) {
    const text = whole.value()
    const named = JSON.stringify(type)
    return compared('===', '!==', `${text}?.resourceType`, named)
  }
  const special = (specialCases[type] ?? []).filter((each) => whole.types.includes(each))
  const narrowed = [type, ...special].map((each) => whole.ofType(each).exists()).join(' || ')
  return { isTrue: `(${narrowed})`, isFalse: `${whole.exists()} && !(${narrowed})` }
}

function view(tree: Tree, context: Context): View {
  switch (tree.kind) {
    case 'literal':
      return constantView(tree.value)
    case 'this':
      return context.focus
    case 'variable':
      return variable(tree.name, context)
    case 'child':
      return child(tree, context)
    case 'call':
      return viewCall(tree, context)
    case 'binary':
      return combination(tree, context)
  }
}

function variable(name: string, { self, resourceType }: Context): View {
  switch (name) {
    case 'ucum':
      return constantView(ucum)
    case 'context':
      return self
    case 'resource':
      return objectView('resource', [resourceType ?? 'Resource'])
    case 'rootResource':
      return objectView('root', ['Resource'])
    default:
      throw new NotCompiled(`%${name}`)
  }
}

function child({ base, name }: Extract<Tree, { kind: 'child' }>, context: Context): View {
  if (base.kind === 'this' && name === context.resourceType) return context.focus
  if (base.kind === 'call' && base.name === 'children') return view(base.base, context).grandchild(name)
  return view(base, context).child(name)
}

function viewCall(tree: Call, context: Context): View {
  const { base, name, args } = tree
  const whole = () => view(base, context)
  switch (name) {
    case 'trace':
      return whole()
    case 'first':
      return objectView(`${whole().list()}[0]`, whole().types)
    case 'tail':
      return listView(`${whole().list()}.slice(1)`, whole().types)
    case 'as':
    case 'ofType':
      return whole().ofType(typeNamed(args))
    case 'descendants':
      return anyList(`descendants(${whole().value()})`)
    case 'combine':
      return listView(`[...${whole().list()}, ...${view(argument(args), context).list()}]`, whole().types)
    case 'where':
      return filtered(whole(), argument(args), context)
    case 'select':
      return projected(whole(), argument(args), context)
    case 'intersect':
      return meeting(whole(), view(argument(args), context))
    default:
      return textCall(tree, context)
  }
}

function textCall({ base, name, args }: Call, context: Context): View {
  if (base.kind === 'literal' && typeof base.value !== 'string')
    throw new NotCompiled(`${name}() of a number`)
  const text = view(base, context).value()
  switch (name) {
    case 'substring': {
      const [start = '', ...length] = args.map((each) => number(each, context))
      return objectView(`substring(${[text, start, ...length].join(', ')})`, ['string'])
    }
    case 'toString':
      return objectView(`(${text} === undefined ? undefined : String(${text}))`, ['string'])
    case 'replaceMatches': {
      const by = view(argument(args, 1), context).value()
      return objectView(`replaceMatches(${text}, ${pattern(argument(args), 'gs', context)}, ${by})`, [
        'string',
      ])
    }
    default:
      throw new NotCompiled(`${name}()`)
  }
}

function filtered(list: View, claim: Tree, context: Context): View {
  const [name, inner] = within(list, context)
  const test = `(${name}) => ${truth(claim, inner).isTrue}`
  const found = listView(`${list.list()}.filter(${test})`, list.types)
  return { ...found, exists: () => `${list.list()}.some(${test})` }
}

function projected(list: View, to: Tree, context: Context): View {
  const [name, inner] = within(list, context)
  if (isTruth(to)) {
    const { isTrue, isFalse } = truth(to, inner)
    const text = `${list.list()}.flatMap((${name}) => (${isTrue}) ? [true] : (${isFalse}) ? [false] : [])`
    return listView(text, ['boolean'])
  }
  const each = view(to, inner)
  return listView(`${list.list()}.flatMap((${name}) => ${each.list()})`, each.types)
}

/** Only whether it is empty is asked of an intersection. */
function meeting(one: View, another: View): View {
  const refused = (): never => {
    throw new NotCompiled('the values of an intersection')
  }
  const exists = () => `meets(${one.list()}, ${another.list()})`
  return { ...listView('', one.types), list: refused, count: refused, child: refused, exists }
}

function combination({ operator, left, right }: Binary, context: Context): View {
  const [a, b] = [view(left, context), view(right, context)]
  if (operator === '&') return objectView(`((${a.value()} ?? '') + (${b.value()} ?? ''))`, ['string'])
  if (operator !== '|') throw new NotCompiled(`${operator} as a collection`)
  const both = listView(`union(${a.list()}, ${b.list()})`, [...new Set([...a.types, ...b.types])])
  return { ...both, exists: () => `(${a.exists()} || ${b.exists()})` }
}
