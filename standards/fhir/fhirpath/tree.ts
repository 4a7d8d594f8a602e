/** FHIRPath (Normative Release 1, §6–8) as a small tree: what the parser makes and the emitter reads. */

export type Literal = string | number | boolean

/** `this` is the input of the innermost expression; `is` and `as` with a type are calls whose argument names it. */
export type Tree =
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'this' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'child'; readonly base: Tree; readonly name: string }
  | { readonly kind: 'call'; readonly base: Tree; readonly name: string; readonly args: readonly Tree[] }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Tree; readonly right: Tree }

/** An expression that uses more of FHIRPath than the compiler reads; met only while tables are generated or loaded. */
export class NotCompiled extends Error {
  constructor(what: string) {
    super(`FHIRPath that is not compiled: ${what}`)
    this.name = 'NotCompiled'
  }
}
