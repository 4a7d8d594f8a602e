/** Everything that refers to a patient, by every search parameter of R4 that can name one, read in the merge's transaction. */
import type { Kernel } from '@xinglin/app'
import { type ResourceType, tooLarge } from '@xinglin/fhir'
import { parametersOf } from '@xinglin/fhir/search'
import type { Query, Unit, Version } from '@xinglin/records'

/** Some 100 MB in one transaction; a chart of decades has a few thousand resources. */
const mostResources = 20_000
const pageSize = '500'
/** History and identity: what was done was done under the old number, and Patients are told apart by their links. */
const unmoved: ReadonlySet<ResourceType> = new Set(['AuditEvent', 'Provenance', 'Patient', 'Linkage'])

/** The current resources that refer to a patient and move with a merge; throws `tooLarge` beyond 20,000. */
export async function referringTo(
  { records }: Pick<Kernel, 'records'>,
  unit: Pick<Unit, 'search' | 'tenant'>,
  patient: string,
): Promise<readonly Version[]> {
  const found = new Map<string, Version>()
  for (const type of await records.heldTypes(unit.tenant)) {
    if (unmoved.has(type)) continue
    for (const parameter of patientParameters(type)) {
      for await (const page of pagesOf(unit, type, [
        [parameter, `Patient/${patient}`],
        ['_count', pageSize],
      ]))
        for (const version of page) found.set(`${version.type}/${version.id}`, version)
      if (found.size > mostResources) throw tooManyResources()
    }
  }
  return [...found.values()]
}

function patientParameters(type: ResourceType): readonly string[] {
  const named = [...parametersOf(type).values()].filter(
    ({ kind, targets }) => kind === 'reference' && targets.includes('Patient'),
  )
  // `patient` and `subject` mostly read one element: the one that takes more targets finds what the other does.
  const byExpression = new Map(
    named.map((each) => [each.expression.replace(/\.where\(.*\)$/, ''), each.name]),
  )
  return [...byExpression.values()]
}

async function* pagesOf(
  unit: Pick<Unit, 'search'>,
  type: ResourceType,
  query: Query,
): AsyncGenerator<readonly Version[]> {
  let next: Query | undefined = query
  while (next) {
    const page: Awaited<ReturnType<Unit['search']>> = await unit.search(type, next)
    yield page.matches
    next = page.next === undefined ? undefined : [...new URLSearchParams(page.next)]
  }
}

function tooManyResources() {
  return tooLarge(`a merge moves ${mostResources} resources at most; this chart has more`, {
    code: 'master-index.chart-too-large',
  })
}
