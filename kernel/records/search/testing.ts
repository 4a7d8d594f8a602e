/** What tests of search share: the next page, and the R4 examples where they lie beside the repository. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Resource } from '@xinglin/fhir'
import { validate } from '@xinglin/fhir/validate'
import { store } from '../fixtures.ts'
import type { Page, Query, Records } from '../records.ts'

/** The query of the page after this one; undefined after the last. */
export function nextOf({ next }: Page): Query | undefined {
  return next === undefined ? undefined : [...new URLSearchParams(next)]
}

export type Stored = Resource & { readonly id: string }

const examples = fileURLToPath(
  new URL('../../../../shared/data/fhir-r4-examples/instances-only.tgz', import.meta.url),
)

/** Why a test that needs the R4 examples is skipped; false where they are there. */
export const noExamples = existsSync(examples) ? false : 'the R4 examples are not in ../shared/data'

/** Valid R4 examples with an id, those that an earlier one shares type and id with left out. */
export function r4Examples(): readonly Stored[] {
  const folder = mkdtempSync(join(tmpdir(), 'xinglin-examples-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  execFileSync('tar', ['xzf', examples, '-C', folder])
  const names = new Set<string>()
  return readdirSync(folder)
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Stored)
    .filter((resource) => {
      const name = `${resource.resourceType}/${resource.id}`
      const isKept = typeof resource.id === 'string' && !names.has(name) && validate(resource).length === 0
      if (isKept) names.add(name)
      return isKept
    })
}

/** Stores resources under their own ids, a hundred a transaction. */
export async function storeAll(records: Records, resources: readonly Stored[]): Promise<void> {
  for (let at = 0; at < resources.length; at += 100) await store(records, ...resources.slice(at, at + 100))
}
