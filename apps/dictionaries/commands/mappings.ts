/** What an entry is in a standard terminology: proposed by one, reviewed by another. */
import type { Command, Kernel } from '@xinglin/app'
import { sql } from '@xinglin/database'
import { conflict, forbidden, notFound } from '@xinglin/fhir'
import type { Unit } from '@xinglin/records'
import {
  dictionaryPermissions,
  equivalences,
  type ProposedMapping,
  type ProposeMapping,
  type ReviewMapping,
} from '../contract.ts'
import { dictionaryOf, entryOf } from '../queries/rows.ts'
import { choiceOf, textOf, truthOf } from './input.ts'

const permission = dictionaryPermissions.map

export const proposeMapping: Command<ProposeMapping, undefined> = {
  name: 'propose-mapping',
  permission,
  parse: (input) => ({
    dictionary: textOf(input, 'dictionary'),
    target: textOf(input, 'target'),
    code: textOf(input, 'code'),
    targetCode: textOf(input, 'targetCode'),
    equivalence: choiceOf(input, 'equivalence', equivalences),
  }),
  async run(unit, { dictionary, target, ...mapping }, kernel) {
    const { transaction, tenant } = unit
    await dictionaryOf(transaction, { tenant, dictionary }, true)
    await entryOf(transaction, { tenant, dictionary, code: mapping.code })
    const targetDisplay = await displayOf(kernel, unit, target, mapping.targetCode)
    if ((await keepProposals(unit, { dictionary, target, proposals: [{ ...mapping, targetDisplay }] })) > 0)
      return undefined
    throw conflict('this is proposed or reviewed already', {
      code: 'dictionaries.mapped',
      at: 'targetCode',
    })
  },
}

export type Proposals = {
  readonly dictionary: string
  readonly target: string
  readonly proposals: readonly (ProposedMapping & { readonly targetDisplay: string })[]
}

/** Proposals that were found by name, all in one transaction; answers how many are new. */
export function proposeByName(found: Proposals): Command<{ readonly dictionary: string }, number> {
  return {
    name: 'propose-by-name',
    permission,
    parse: (input) => ({ dictionary: textOf(input, 'dictionary') }),
    run: (unit) => keepProposals(unit, found),
  }
}

/** A wrong one goes; who proposed it may take it back so, but not call it right. */
export const reviewMapping: Command<ReviewMapping, undefined> = {
  name: 'review-mapping',
  permission,
  parse: (input) => ({
    dictionary: textOf(input, 'dictionary'),
    target: textOf(input, 'target'),
    code: textOf(input, 'code'),
    targetCode: textOf(input, 'targetCode'),
    isRight: truthOf(input, 'isRight'),
  }),
  async run({ transaction, tenant, actor, at }, { dictionary, target, code, targetCode, isRight }) {
    const which = sql`tenant = ${tenant} and dictionary = ${dictionary} and target = ${target}
      and code = ${code} and target_code = ${targetCode}`
    const [mapping] = await transaction.query(sql<{ proposedBy: string }>`
      select proposed_by as "proposedBy" from dictionaries.mapping where ${which} for update`)
    if (!mapping)
      throw notFound('there is no such mapping', { code: 'dictionaries.no-mapping', at: 'targetCode' })
    if (isRight && mapping.proposedBy === actor)
      throw forbidden('a mapping is reviewed by somebody else than who proposed it', {
        code: 'dictionaries.own-mapping',
      })
    await transaction.query(
      isRight
        ? sql`update dictionaries.mapping set reviewed_by = ${actor}, reviewed_at = ${at} where ${which}`
        : sql`delete from dictionaries.mapping where ${which}`,
    )
    return undefined
  },
}

async function displayOf(
  { terminology }: Kernel,
  { tenant }: Unit,
  target: string,
  code: string,
): Promise<string> {
  const { concept } = await terminology.lookup(tenant, { url: target }, code)
  return concept.display ?? code
}

async function keepProposals(
  { transaction, tenant, actor, at }: Unit,
  { dictionary, target, proposals }: Proposals,
): Promise<number> {
  const kept = await transaction.query(sql`
    insert into dictionaries.mapping
      (tenant, dictionary, target, code, target_code, target_display, equivalence, proposed_by, proposed_at)
    select ${tenant}::integer, ${dictionary}::text, ${target}::text, row.code, row."targetCode", row."targetDisplay",
      row.equivalence, ${actor}::text, ${at}::timestamptz
    from jsonb_to_recordset(${sql.json(proposals)}::jsonb)
      as row(code text, "targetCode" text, "targetDisplay" text, equivalence text)
    on conflict do nothing returning code`)
  return kept.length
}
