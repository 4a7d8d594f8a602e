/** Rows of `search-parameters.js`; components (type, expression) are those of a composite. */
export type SearchParameterRow = readonly [
  name: string,
  type: string,
  expression: string,
  targets?: readonly string[],
  components?: readonly (readonly [type: string, expression: string])[],
]
export const searchParameters: Readonly<Record<string, readonly SearchParameterRow[]>>
export const patientCompartment: Readonly<Record<string, readonly string[]>>
