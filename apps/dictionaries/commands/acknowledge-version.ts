/** A subscribed system says that it has taken a version over; saying it twice is saying it once. */
import type { Command } from '@xinglin/app'
import { sql } from '@xinglin/database'
import { forbidden, notFound } from '@xinglin/fhir'
import { type AcknowledgeVersion, dictionaryPermissions } from '../contract.ts'
import { countOf, textOf } from './input.ts'

export const acknowledgeVersion: Command<AcknowledgeVersion, undefined> = {
  name: 'acknowledge-version',
  permission: dictionaryPermissions.acknowledge,
  parse: (input) => ({ dictionary: textOf(input, 'dictionary'), number: countOf(input, 'number') }),
  async run({ transaction, tenant, actor, at }, { dictionary, number }) {
    const [subscribed] = await transaction.query(sql`
      select from dictionaries.subscriber
      where tenant = ${tenant} and dictionary = ${dictionary} and subscriber = ${actor}`)
    if (!subscribed)
      throw forbidden('versions are acknowledged by systems that subscribe', {
        code: 'dictionaries.not-subscribed',
      })
    const [published] = await transaction.query(sql`
      select from dictionaries.version
      where tenant = ${tenant} and dictionary = ${dictionary} and number = ${number}`)
    if (!published)
      throw notFound(`version ${number} is not published`, { code: 'dictionaries.no-version', at: 'number' })
    await transaction.query(sql`
      insert into dictionaries.acknowledgement (tenant, dictionary, number, subscriber, at)
      values (${tenant}, ${dictionary}, ${number}, ${actor}, ${at}) on conflict do nothing`)
    return undefined
  },
}
