/** The parts of `@lhncbc/ucum-lhc` that search uses; the library brings no types. */
declare module '@lhncbc/ucum-lhc' {
  export type UcumUnit = {
    readonly csCode_: string
    /** Power of the mole in it: UCUM itself takes the mole for a number. */
    readonly moleExp_: number
    /** `[IU]` and the like, which no factor joins with others. */
    readonly isArbitrary_: boolean
    /** Name of the function of a scale that does not begin at nothing (Cel) or is no scale of size (pH). */
    readonly cnv_: string | null
    readonly dim_: Dimension | null
  }
  type Dimension = { readonly dimVec_: readonly number[] | null }
  type Utilities = {
    convertUnitTo(from: string, value: number, to: string): { readonly toVal: number | null }
  }
  type Tables = {
    getUnitByCode(code: string): UcumUnit | null | undefined
    getUnitsByDimension(dimension: readonly number[]): readonly UcumUnit[] | null
  }
  const library: {
    readonly UcumLhcUtils: { getInstance(): Utilities }
    readonly UnitTables: { getInstance(): Tables }
  }
  // Rule 8: the library has no named exports.
  // biome-ignore lint/style/noDefaultExport: it describes a CommonJS package
  export default library
}
