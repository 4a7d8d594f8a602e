/** FHIR R4 search.html §3.1.1.5.3: _include and _revinclude, repeated with :iterate, and with wildcards. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ResourceType } from '@xinglin/fhir'
import { anEncounter, aResult, asha } from '@xinglin/testkit'
import { emptyRecord, qilu, store } from '../fixtures.ts'
import { mostIncluded } from './include.ts'

const place = (id: string, partOf: string) =>
  ({ resourceType: 'Location', id, partOf: { reference: `Location/${partOf}` } }) as const

/** A bed in a room in a ward in a house, which by mistake is part of the bed; a visit there, and its result. */
async function house() {
  const { records } = await emptyRecord()
  await store(
    records,
    asha,
    place('bed', 'room'),
    place('room', 'ward'),
    place('ward', 'house'),
    place('house', 'bed'),
    { ...anEncounter({ for: asha, id: 'stay' }), location: [{ location: { reference: 'Location/bed' } }] },
    aResult({ for: asha, id: 'potassium', encounter: { reference: 'Encounter/stay' } }),
  )
  return async (type: ResourceType, query: string) => {
    const page = await records.search(qilu.tenant, type, [...new URLSearchParams(query)])
    return [page.matches.map(({ id }) => id), page.included.map(({ id }) => id).sort()]
  }
}

test('§3.1.1.5.3 _include brings what the matches refer to, :iterate what that refers to in turn', async () => {
  const ask = await house()

  assert.deepEqual(await ask('Location', '_id=bed&_include=Location:partof'), [['bed'], ['room']])
  assert.deepEqual(await ask('Location', '_id=bed&_include:iterate=Location:partof'), [
    ['bed'],
    ['house', 'room', 'ward'],
  ])
  assert.deepEqual(
    await ask(
      'Observation',
      '_id=potassium&_include=Observation:encounter&_include:iterate=Encounter:location',
    ),
    [['potassium'], ['bed', 'stay']],
  )
  assert.deepEqual(
    await ask('Observation', '_id=potassium&_include=Observation:encounter&_include=Encounter:location'),
    [['potassium'], ['stay']],
  )
})

test('§3.1.1.5.3 _revinclude:iterate goes back through all that refer here', async () => {
  const ask = await house()

  assert.deepEqual(await ask('Location', '_id=house&_revinclude=Location:partof'), [['house'], ['ward']])
  assert.deepEqual(await ask('Location', '_id=house&_revinclude:iterate=Location:partof'), [
    ['house'],
    ['bed', 'room', 'ward'],
  ])
  assert.deepEqual(
    await ask(
      'Location',
      '_id=bed&_revinclude=Encounter:location&_revinclude:iterate=Observation:encounter:Encounter',
    ),
    [['bed'], ['potassium', 'stay']],
  )
  assert.deepEqual(await ask('Encounter', '_id=stay&_revinclude=Observation:encounter:EpisodeOfCare'), [
    ['stay'],
    [],
  ])
})

test('§3.1.1.5.3 * stands for every reference of a type', async () => {
  const ask = await house()

  assert.deepEqual(await ask('Encounter', '_id=stay&_include=*&_revinclude=Observation:*'), [
    ['stay'],
    ['asha', 'bed', 'potassium'],
  ])
})

test('§3.1.1.5.3 _revinclude=* brings all that refers to the matches, and both wildcards go on with :iterate', async () => {
  const ask = await house()

  assert.deepEqual(await ask('Patient', '_id=asha&_revinclude=*'), [['asha'], ['potassium', 'stay']])
  assert.deepEqual(await ask('Location', '_id=bed&_revinclude=*'), [['bed'], ['house', 'stay']])
  assert.deepEqual(await ask('Observation', '_id=potassium&_include:iterate=*'), [
    ['potassium'],
    ['asha', 'bed', 'house', 'room', 'stay', 'ward'],
  ])
  assert.deepEqual(await ask('Location', '_id=ward&_revinclude:iterate=*'), [
    ['ward'],
    ['bed', 'house', 'potassium', 'room', 'stay'],
  ])
})

test('more than a page may bring along is refused, not cut', async () => {
  const { records } = await emptyRecord()
  const all = Array.from({ length: mostIncluded + 1 }, (_, at) => aResult({ for: asha, id: `r${at}` }))
  await store(records, asha)
  for (let at = 0; at < all.length; at += 1_000) await store(records, ...all.slice(at, at + 1_000))
  const asked = records.search(qilu.tenant, 'Patient', [['_revinclude', '*']])

  await assert.rejects(asked, { failure: 'tooCostly' })
})
