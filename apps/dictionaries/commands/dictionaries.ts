/** A dictionary is made with its one owner, handed over, and subscribed to; for those who manage dictionaries. */
import type { Command } from '@xinglin/app'
import { type Queryable, sql } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { conflict, notFound } from '@xinglin/fhir'
import {
  type DefineDictionary,
  dictionaryKinds,
  dictionaryPermissions,
  type HandOver,
  type Subscribe,
} from '../contract.ts'
import { dictionaryOf } from '../queries/rows.ts'
import { choiceOf, optionalText, textOf, wrong } from './input.ts'

const permission = dictionaryPermissions.manage
/** With `-v` and a number behind it an id of FHIR, which has at most 64 characters. */
const keyShape = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
const mostKeyCharacters = 40
const mostSubscribers = 100

export const defineDictionary: Command<DefineDictionary, { key: string }> = {
  name: 'define-dictionary',
  permission,
  parse(input) {
    const key = textOf(input, 'key', mostKeyCharacters)
    if (!keyShape.test(key)) throw wrong('key', 'a key is lower-case words joined by -')
    const url = optionalText(input, 'url', 255)
    if (url !== undefined && !/^[a-z][a-z0-9+.-]*:\S+$/i.test(url)) throw wrong('url', 'url must be a URI')
    return {
      key,
      kind: choiceOf(input, 'kind', dictionaryKinds),
      title: textOf(input, 'title', 200),
      owner: textOf(input, 'owner', 200),
      url: url ?? `urn:xinglin:dictionary:${key}`,
    }
  },
  async run({ transaction, tenant, at }, { key, kind, title, owner, url }) {
    const account = await accountOf(transaction, { tenant, login: owner })
    const made = await transaction.query(sql`
      insert into dictionaries.dictionary (tenant, key, kind, title, owner, url, made)
      values (${tenant}, ${key}, ${kind}, ${title}, ${account}, ${url ?? ''}, ${at})
      on conflict do nothing returning key`)
    if (made.length > 0) return { key }
    throw conflict('a dictionary of this key or address is there', { code: 'dictionaries.taken', at: 'key' })
  },
}

export const handOver: Command<HandOver, undefined> = {
  name: 'hand-over',
  permission,
  parse: (input) => ({ dictionary: textOf(input, 'dictionary'), owner: textOf(input, 'owner', 200) }),
  async run({ transaction, tenant }, { dictionary, owner }) {
    await dictionaryOf(transaction, { tenant, dictionary }, true)
    const account = await accountOf(transaction, { tenant, login: owner })
    await transaction.query(sql`
      update dictionaries.dictionary set owner = ${account} where tenant = ${tenant} and key = ${dictionary}`)
    return undefined
  },
}

export const subscribe: Command<Subscribe, undefined> = {
  name: 'subscribe',
  permission,
  parse(input) {
    const subscriber = textOf(input, 'subscriber', 200)
    if (!subscriber.startsWith('client/')) throw wrong('subscriber', 'a subscriber is a system: client/<id>')
    return { dictionary: textOf(input, 'dictionary'), subscriber, title: textOf(input, 'title', 200) }
  },
  async run({ transaction, tenant }, { dictionary, subscriber, title }) {
    await dictionaryOf(transaction, { tenant, dictionary }, true)
    const [count] = await transaction.query(sql<{ others: number }>`
      select count(*)::integer as others from dictionaries.subscriber
      where tenant = ${tenant} and dictionary = ${dictionary} and subscriber <> ${subscriber}`)
    if (count && count.others >= mostSubscribers)
      throw conflict(`a dictionary has at most ${mostSubscribers} subscribers`, {
        code: 'dictionaries.too-many',
        at: 'subscriber',
      })
    await transaction.query(sql`
      insert into dictionaries.subscriber (tenant, dictionary, subscriber, title)
      values (${tenant}, ${dictionary}, ${subscriber}, ${title})
      on conflict (tenant, dictionary, subscriber) do update set title = excluded.title`)
    return undefined
  },
}

type Unsubscribe = Omit<Subscribe, 'title'>

export const unsubscribe: Command<Unsubscribe, undefined> = {
  name: 'unsubscribe',
  permission,
  parse: (input) => ({
    dictionary: textOf(input, 'dictionary'),
    subscriber: textOf(input, 'subscriber', 200),
  }),
  async run({ transaction, tenant }, { dictionary, subscriber }) {
    const ended = await transaction.query(sql`
      delete from dictionaries.subscriber
      where tenant = ${tenant} and dictionary = ${dictionary} and subscriber = ${subscriber}
      returning subscriber`)
    if (ended.length > 0) return undefined
    throw notFound('this system does not subscribe', { code: 'dictionaries.no-subscriber', at: 'subscriber' })
  },
}

/** Who owns a dictionary can sign in, so that he is a person and is there. */
async function accountOf(
  from: Queryable,
  { tenant, login }: { readonly tenant: TenantId; readonly login: string },
): Promise<string> {
  const [account] = await from.query(sql<{ id: string }>`
    select id from identity.account
    where tenant = ${tenant} and lower(login) = lower(${login}) and disabled is null`)
  if (account) return account.id
  throw wrong('owner', 'the owner must be somebody with an account that is not disabled')
}
