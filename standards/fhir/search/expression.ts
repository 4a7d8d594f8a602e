/**
 * The subset of FHIRPath in which R4's search parameters are written: paths with `.ofType()`, `.as()`,
 * `.where(resolve() is X)`, `.where(name='value')`, an index, unions, and `a.exists() and a != false`.
 */

export type Step =
  | { readonly kind: 'child'; readonly name: string }
  | { readonly kind: 'ofType'; readonly type: string }
  | { readonly kind: 'resolvesTo'; readonly type: string }
  | { readonly kind: 'equals'; readonly name: string; readonly value: string }
  | { readonly kind: 'index'; readonly index: number }

/** `isTruth`: the answer is whether the path holds something other than false. */
export type Path = {
  readonly root: string | undefined
  readonly steps: readonly Step[]
  readonly isTruth: boolean
}

const truth = /^([\w.]+)\.exists\(\) and \1 != false$/
const step =
  /^(?:\.?(ofType|as)\(([A-Za-z]+)\)|\.?where\(resolve\(\) is ([A-Za-z]+)\)|\.?where\(([A-Za-z]+)='([^']*)'\)|\[(\d+)\]|\.?([A-Za-z]\w*))/

/** The alternatives of an expression; undefined where it uses more than the subset. */
export function parseExpression(expression: string): readonly Path[] | undefined {
  const paths = expression.split('|').map((part) => parsePath(part.trim()))
  return paths.every((path) => path !== undefined) ? paths : undefined
}

function parsePath(text: string): Path | undefined {
  const isTruth = truth.exec(text)
  const steps = parseSteps(withoutParentheses(isTruth?.[1] ?? text))
  if (!steps) return undefined
  const first = steps[0]
  const root = first?.kind === 'child' && /^[A-Z]/.test(first.name) ? first.name : undefined
  return { root, steps: root === undefined ? steps : steps.slice(1), isTruth: isTruth !== null }
}

/** `(A.b.ofType(C)).d` → `A.b.ofType(C).d`. */
function withoutParentheses(text: string): string {
  if (!text.startsWith('(')) return text
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++
    if (text[at] === ')' && --depth === 0) return withoutParentheses(text.slice(1, at)) + text.slice(at + 1)
  }
  return text
}

function parseSteps(text: string): readonly Step[] | undefined {
  const steps: Step[] = []
  let rest = text
  while (rest.length > 0) {
    const match = step.exec(rest)
    if (!match) return undefined
    steps.push(stepOf(match))
    rest = rest.slice(match[0].length)
  }
  return steps
}

function stepOf([, , type, target, name, value, index, child]: RegExpExecArray): Step {
  if (type !== undefined) return { kind: 'ofType', type: type === 'DateTime' ? 'dateTime' : type }
  if (target !== undefined) return { kind: 'resolvesTo', type: target }
  if (name !== undefined) return { kind: 'equals', name, value: value ?? '' }
  if (index !== undefined) return { kind: 'index', index: Number(index) }
  return { kind: 'child', name: child ?? '' }
}
