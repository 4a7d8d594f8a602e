/** A link to a next page tells nothing of what was written between its rows, and cannot be bent to ask for it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OutcomeError, type Resource } from '@xinglin/fhir'
import { emptyRecord, qilu, store } from './fixtures.ts'
import type { Records, SearchRights } from './records.ts'

const flag = (id: string, of: string) =>
  ({
    resourceType: 'Flag',
    id,
    status: 'active',
    code: { text: 'falls' },
    subject: { reference: `Patient/${of}` },
  }) as Resource
const ofAsha: SearchRights = {
  mayWalk: () => true,
  within: () => ({ kind: 'patients', patients: ['asha'] }),
}

/** The link from the first of two pages, in a search and in a chart. */
async function links(records: Records): Promise<readonly (string | undefined)[]> {
  const seen = records.seenBy(ofAsha)
  const search = await records.search(qilu.tenant, 'Flag', [['_count', '1']], ofAsha)
  const chart = await seen.compartment(qilu.tenant, { of: { type: 'Patient', id: 'asha' }, count: 1 })
  return [search.next, chart.next]
}

test('two records with other rows between the same two have the same links', async () => {
  const [{ records: quiet }, { records: busy }] = await Promise.all([emptyRecord(), emptyRecord()])
  await store(quiet, { resourceType: 'Patient', id: 'asha' }, flag('one', 'asha'), flag('two', 'asha'))
  await store(busy, { resourceType: 'Patient', id: 'asha' }, flag('one', 'asha'))
  await store(busy, flag('hidden', 'leo'), flag('hidden-2', 'leo'))
  await store(busy, flag('two', 'asha'))

  const told = await links(busy)
  assert.deepEqual(told, await links(quiet))
  assert.ok(told.every((link) => link))
})

test('a link goes on where its page ended, also when that row has changed; one to a hidden row or to none is unknown', async () => {
  const { records } = await emptyRecord()
  await store(records, ...['one', 'two', 'three'].map((id) => flag(id, 'asha')), flag('hidden', 'leo'))
  const after = async (page: string, by: SearchRights | undefined = ofAsha) => {
    try {
      const found = await records.search(qilu.tenant, 'Flag', [['_page', page]], by)
      return found.matches.map(({ id }) => id)
    } catch (error) {
      if (!(error instanceof OutcomeError)) throw error
      return error.outcome.issue[0]?.details?.coding?.[0]?.code
    }
  }
  const pageOf = async (query: readonly (readonly [string, string])[]) => {
    const { next } = await records.search(qilu.tenant, 'Flag', query)
    return new URLSearchParams(next).get('_page') ?? ''
  }
  const afterHidden = await pageOf([['_count', '1']])
  const afterThree = await pageOf([['_count', '2']])
  await records.commit(qilu, (unit) => unit.write([{ kind: 'delete', type: 'Flag', id: 'three' }]))

  assert.deepEqual(await after(afterThree), ['two', 'one'])
  assert.deepEqual(await after(afterHidden, { mayWalk: () => true }), ['two', 'one'])
  assert.equal(await after(afterHidden), 'records.bad-page')
  assert.equal(await after(Buffer.from('["3"]').toString('base64url')), 'records.bad-page')
})
