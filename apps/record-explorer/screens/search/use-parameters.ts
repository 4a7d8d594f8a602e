/** The parameters of a type: kind, targets and codes as R4 defines them, modifiers and includes as the door answers them. */
import { type Answer, useAsk } from '@xinglin/kit'
import { useMemo } from 'react'
import type { ParameterRow, ParametersAnswer } from '../../contract.ts'
import { type Searchable, useCapabilities } from '../fhir/capabilities.ts'

export type Parameter = ParameterRow & { readonly modifiers: readonly string[] }
export type TypeParameters = Pick<Searchable, 'includes' | 'reverseIncludes'> & {
  readonly parameters: ReadonlyMap<string, Parameter>
  readonly codes: ReadonlyMap<string, ReadonlySet<string>>
}

const none: TypeParameters = { parameters: new Map(), codes: new Map(), includes: [], reverseIncludes: [] }
/** It changes only with a new version of the platform. */
const staleAfterMs = 600_000

/** The definitions answer and what both say together; empty until both are there. */
export function useParameters(type: string): readonly [Answer<ParametersAnswer>, TypeParameters] {
  const defined = useAsk<ParametersAnswer>(`/api/record-explorer/types/${type}/parameters`, { staleAfterMs })
  const capabilities = useCapabilities()
  const rows = defined.state === 'ready' ? defined.data.parameters : undefined
  const searchable = capabilities.state === 'ready' ? capabilities.data.get(type) : undefined
  const both = useMemo(() => (rows ? joined(rows, searchable) : none), [rows, searchable])
  return [defined, both]
}

function joined(rows: readonly ParameterRow[], searchable: Searchable | undefined): TypeParameters {
  const answered = rows.filter(({ name }) => searchable?.modifiers.has(name) ?? true)
  return {
    includes: searchable?.includes ?? [],
    reverseIncludes: searchable?.reverseIncludes ?? [],
    parameters: new Map(
      answered.map((row) => [row.name, { ...row, modifiers: searchable?.modifiers.get(row.name) ?? [] }]),
    ),
    codes: new Map(
      answered.flatMap(({ name, codes }) =>
        codes ? [[name, new Set(codes.map(({ code }) => code))] as const] : [],
      ),
    ),
  }
}
