/**
 * Concepts from the rows of a CSV file. Its first line names the columns; `columns` says what they hold where they have other
 * names: `code`, `display`, `definition`, `parent` (several with `;`), `inactive`, `abstract`, `designation:<language>`,
 * `property:<name>`.
 */
import type { CodeSystemConceptDesignation, CodeSystemConceptProperty } from '@xinglin/fhir'
import { conceptOf } from '../concepts/flatten.ts'
import type { Columns } from '../concepts/table.ts'
import { refusedImport } from '../failures.ts'
import { createCsvRows } from './hot/csv-rows.ts'
import type { ConceptReader, PlacedConcept } from './read-file.ts'

const plainRoles = ['code', 'display', 'definition', 'parent', 'inactive', 'abstract'] as const
type PlainRole = (typeof plainRoles)[number]

type Layout = {
  readonly plain: ReadonlyMap<PlainRole, number>
  readonly designations: readonly (readonly [language: string, at: number])[]
  readonly properties: readonly (readonly [name: string, at: number])[]
}

export function createCsvReader(columns: Columns): ConceptReader {
  const rows = createCsvRows()
  let layout: Layout | undefined
  let place = 0
  const conceptsOf = (read: readonly (readonly string[])[]): readonly PlacedConcept[] => {
    const [first, ...others] = read
    const body = layout || !first ? read : others
    const known = layout ?? (first ? layoutOf(first, columns) : undefined)
    layout = known
    return known ? body.map((row) => ({ place: ++place, concept: conceptOfRow(row, known, place) })) : []
  }
  return {
    write: (text) => conceptsOf(rows.write(text)),
    end() {
      const concepts = conceptsOf(rows.end())
      const properties = [...new Set((layout?.properties ?? []).map(([name]) => name))]
      return { concepts, header: { property: properties.map((code) => ({ code, type: 'string' as const })) } }
    },
  }
}

/** Throws `invalid` where no column holds the code, or where `columns` names one that is not there. */
function layoutOf(names: readonly string[], columns: Columns): Layout {
  const trimmed = names.map((name) => name.trim())
  const missing = Object.values(columns).find((name) => !trimmed.includes(name))
  if (missing !== undefined) throw refusedImport(`the file has no column ${missing.slice(0, 80)}`)
  const given = new Map(Object.entries(columns).map(([role, name]) => [name, role]))
  const roles = trimmed.map((name) => given.get(name) ?? name)
  const plain = new Map(
    plainRoles.flatMap((role) => (roles.includes(role) ? [[role, roles.indexOf(role)] as const] : [])),
  )
  if (!plain.has('code'))
    throw refusedImport('no column holds the code; name it: columns=code=<name of the column>')
  const under = (head: string) =>
    roles.flatMap((role, at) => (role.startsWith(head) ? [[role.slice(head.length), at] as const] : []))
  return { plain, designations: under('designation:'), properties: under('property:') }
}

const yes = /^(?:true|1|y|yes|是)$/i

function conceptOfRow(row: readonly string[], { plain, designations, properties }: Layout, place: number) {
  const cell = (at: number | undefined) => (at === undefined ? '' : (row[at] ?? '').trim())
  const of = (role: PlainRole) => cell(plain.get(role))
  const code = of('code')
  if (code === '') throw refusedImport(`row ${place} has no code`)
  const designation: CodeSystemConceptDesignation[] = designations.flatMap(([language, at]) =>
    cell(at) === '' ? [] : [{ language, value: cell(at) }],
  )
  const property: CodeSystemConceptProperty[] = [
    ...properties.flatMap(([name, at]) => (cell(at) === '' ? [] : [{ code: name, valueString: cell(at) }])),
    ...(yes.test(of('inactive')) ? [{ code: 'inactive', valueBoolean: true }] : []),
    ...(yes.test(of('abstract')) ? [{ code: 'notSelectable', valueBoolean: true }] : []),
  ]
  const parents = of('parent')
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '' && each !== code)
  const [display, definition] = [of('display'), of('definition')]
  return conceptOf(
    { code, ...(display ? { display } : {}), ...(definition ? { definition } : {}), designation, property },
    parents,
  )
}
