/**
 * FHIRPath §9 type safety: of which types the answers of an expression can be, told by the element tables before there is any
 * resource. Refuses what `select.ts` does not know, and names that no type there has.
 */
import { rowOf, ways } from './found.ts'
import { NotSelected } from './not-selected.ts'
import { textFunctions } from './texts.ts'
import type { Tree } from './tree.ts'

type Types = readonly string[]
type Around = { readonly focus: Types; readonly root: string }

/** Types of what the expression finds in resources of a type, each once. Throws `NotSelected`. */
export function resultTypes(tree: Tree, type: string): Types {
  return [...new Set(typesOf(tree, { focus: [type], root: type }))]
}

function typesOf(tree: Tree, around: Around): Types {
  switch (tree.kind) {
    case 'literal':
      return [typeof tree.value === 'number' ? 'decimal' : typeof tree.value]
    case 'this':
      return around.focus
    case 'variable':
      if (['resource', 'context', 'rootResource'].includes(tree.name)) return [around.root]
      throw new NotSelected(`%${tree.name} is not known here`)
    case 'child':
      return childTypes(typesOf(tree.base, around), tree.name, tree.base.kind === 'this')
    case 'binary':
      return binaryTypes(tree, around)
    case 'call':
      return callTypes(tree, around)
  }
}

function childTypes(base: Types, name: string, isFirst: boolean): Types {
  if (isFirst && (base.includes(name) || name === 'Resource' || name === 'DomainResource')) return base
  const found = base.flatMap((type) => {
    const row = rowOf(/^[a-z]/.test(type) ? 'Element' : type, name)
    return row ? ways(row).map((way) => way.type) : []
  })
  // What a resource within a resource holds is known when it is there.
  if (found.length === 0 && !base.includes('Resource'))
    throw new NotSelected(`${base[0] ?? 'nothing'} has no element ${name}`)
  return found
}

function binaryTypes({ operator, left, right }: Extract<Tree, { kind: 'binary' }>, around: Around): Types {
  const [ofLeft, ofRight] = [typesOf(left, around), typesOf(right, around)]
  if (operator === '|') return [...ofLeft, ...ofRight]
  if (operator === '&') return ['string']
  return operator === '+' ? ofLeft.map(plain) : ['boolean']
}

function plain(type: string): string {
  return type === 'decimal' || type === 'integer' ? 'decimal' : 'string'
}

const sameTypes: ReadonlySet<string> = new Set([
  ...['[]', 'first', 'last', 'tail', 'skip', 'take', 'single', 'where', 'distinct'],
])
const truths: ReadonlySet<string> = new Set([
  ...['is', 'exists', 'empty', 'all', 'not', 'hasValue', 'startsWith', 'endsWith', 'contains'],
])

function callTypes({ base, name, args }: Extract<Tree, { kind: 'call' }>, around: Around): Types {
  const given = typesOf(base, around)
  if (name === 'is') return ['boolean']
  if (name === 'ofType' || name === 'as') return narrowed(given, args[0])
  if (name === 'resolve') return ['Resource']
  if (name === 'union') return [...given, ...args.flatMap((arg) => typesOf(arg, around))]
  const inner = args.map((arg) => typesOf(arg, { ...around, focus: given }))
  if (sameTypes.has(name)) return given
  if (truths.has(name)) return ['boolean']
  if (name === 'select') return inner.flat()
  if (name === 'iif') return inner.slice(1).flat()
  if (name === 'extension') return ['Extension']
  if (name === 'count' || name === 'length' || name === 'indexOf') return ['decimal']
  if (textFunctions.has(name)) return ['string']
  throw new NotSelected(`${name}() is not known here`)
}

function narrowed(given: Types, wanted: Tree | undefined): Types {
  const type = wanted?.kind === 'child' ? wanted.name : undefined
  if (type !== undefined && (given.includes(type) || given.includes('Resource'))) return [type]
  throw new NotSelected(`nothing there is of the type ${type ?? 'asked for'}`)
}
