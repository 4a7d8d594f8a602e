/**
 * Publishing: what differs from the version before becomes the next one. It stands in the record as a CodeSystem (R4 §4.8) whose
 * predecessor is retired, and as one ConceptMap (§4.10) for each terminology with reviewed mappings.
 */
import type { Command } from '@xinglin/app'
import { sql } from '@xinglin/database'
import { conflict, type ResourceOf } from '@xinglin/fhir'
import { parseVersion, type Unit } from '@xinglin/records'
import {
  dictionaryPermissions,
  type EntryText,
  type Published,
  type PublishVersion,
  versionPublished,
} from '../contract.ts'
import { codeSystemId, codeSystemOf } from '../publishing/code-system.ts'
import { conceptMapId, conceptMapOf, type ReviewedRow } from '../publishing/concept-map.ts'
import { type DictionaryRow, ownDictionary } from '../queries/rows.ts'
import { textOf } from './input.ts'

export const publishVersion: Command<PublishVersion, Published> = {
  name: 'publish-version',
  permission: dictionaryPermissions.write,
  parse: (input) => ({ dictionary: textOf(input, 'dictionary'), note: textOf(input, 'note') }),
  async run(unit, { dictionary: key, note }) {
    const { transaction, tenant, actor, at } = unit
    const dictionary = await ownDictionary(transaction, { tenant, dictionary: key }, actor)
    const number = dictionary.version + 1
    const codeSystem = codeSystemId(key, number)
    await transaction.query(sql`
      insert into dictionaries.version (tenant, dictionary, number, at, by, note, code_system)
      values (${tenant}, ${key}, ${number}, ${at}, ${actor}, ${note}, ${codeSystem})`)
    await takeChanges(unit, key, number)
    const entries = await transaction.query(sql<{ code: string; text: EntryText }>`
      select code, published as text from dictionaries.entry
      where tenant = ${tenant} and dictionary = ${key} order by code`)
    await retire(unit, dictionary)
    await put(unit, codeSystemOf({ ...dictionary, version: number }, { entries, at, note }))
    await publishMaps(unit, { ...dictionary, version: number })
    unit.state({
      ...{ kind: versionPublished, resourceType: 'CodeSystem', resourceId: codeSystem },
      data: { key, number },
    })
    return { number, codeSystem }
  },
}

/** Keeps what changed with the version; what was edited is published from now on. */
async function takeChanges({ transaction, tenant }: Unit, key: string, number: number): Promise<void> {
  const changed = await transaction.query(sql`
    insert into dictionaries.change (tenant, dictionary, number, code, before, after)
    select tenant, dictionary, ${number}::integer, code, published, draft from dictionaries.entry
    where tenant = ${tenant} and dictionary = ${key} and (published is null or published <> draft)
    returning code`)
  if (changed.length === 0)
    throw conflict('nothing differs from what is published', {
      code: 'dictionaries.nothing-changed',
      at: 'dictionary',
    })
  await transaction.query(sql`
    update dictionaries.entry set published = draft
    where tenant = ${tenant} and dictionary = ${key} and (published is null or published <> draft)`)
  await transaction.query(sql`
    update dictionaries.dictionary set version = ${number} where tenant = ${tenant} and key = ${key}`)
}

async function retire(unit: Unit, { key, version }: DictionaryRow): Promise<void> {
  if (version === 0) return
  const before = await unit.read('CodeSystem', codeSystemId(key, version))
  if (!before || before.interaction === 'delete') return
  const resource: ResourceOf<'CodeSystem'> = parseVersion(before, 'CodeSystem')
  await unit.write([{ kind: 'update', resource: { ...resource, status: 'retired' } }])
}

async function publishMaps(unit: Unit, dictionary: DictionaryRow): Promise<void> {
  const reviewed = await unit.transaction.query(sql<ReviewedRow>`
    select mapping.target, mapping.code, draft->>'display' as display,
      target_code as "targetCode", target_display as "targetDisplay", equivalence
    from dictionaries.mapping
    join dictionaries.entry using (tenant, dictionary, code)
    where tenant = ${unit.tenant} and dictionary = ${dictionary.key} and reviewed_at is not null
    order by target, code, target_code`)
  for (const [target, rows] of Map.groupBy(reviewed, (row) => row.target))
    await put(unit, {
      ...conceptMapOf(dictionary, { target, rows, at: unit.at }),
      id: conceptMapId(dictionary.key, target),
    })
}

/** Creates the resource under its id, or makes it the newest version of what stands there. */
async function put(
  unit: Unit,
  resource: (ResourceOf<'CodeSystem'> | ResourceOf<'ConceptMap'>) & { readonly id: string },
): Promise<void> {
  const standing = await unit.read(resource.resourceType, resource.id)
  await unit.write([standing ? { kind: 'update', resource } : { kind: 'create', resource, id: resource.id }])
}
