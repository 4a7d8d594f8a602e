/** Accounts and what was opened to relatives follow merged records; two accounts of one person come before the desk. */
import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { instantOf, type Resource } from '@xinglin/fhir'
import { testKernel } from '@xinglin/testkit'
import { keepTexts, signInByPhone } from './testing.ts'

const kernel = await testKernel()
const { identity, records, runtime } = kernel
const { patients } = identity
const { texts, door } = keepTexts()
patients.sendTextsBy(door)
const tenant = kernel.actor.tenant
const paper = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'PPN' }] }
const person = (id: string, value: string, more: object = {}) => ({
  ...{ resourceType: 'Patient', id, name: [{ text: '王乐' }], identifier: [{ type: paper, value }], ...more },
})
const mergedInto = (survivor: string) => ({
  link: [{ other: { reference: `Patient/${survivor}` }, type: 'replaced-by' }],
})
const write = (...resources: readonly object[]) =>
  records.commit({ tenant, actor: 'system/test' }, (unit) =>
    unit.write(resources.map((resource) => ({ kind: 'update', resource: resource as Resource }))),
  )
const chartsOf = async (token: string) => (await patients.sessionActor(token))?.charts

async function proved(phone: string, number: string): Promise<string> {
  const { token, actor } = await signInByPhone(identity, texts, phone)
  await patients.prove(actor, { kind: 'passport', number, name: '王乐' })
  return token
}

await write(person('a', 'E11111111'), person('b', 'E22222222'), person('c', 'E33333333'))
const first = await proved('13800003001', 'E11111111')
const third = await proved('13800003003', 'E33333333')

test('through two merges the account and what a relative may see go along, and come back merge by merge', async () => {
  const owner = await patients.sessionActor(first)
  const until = instantOf(Date.parse(runtime.now()) + 86_400_000, runtime.timeZone)
  if (owner) await patients.delegate(owner, { phone: '13800003003', name: '王乐', until })
  const seen = async () => [await chartsOf(first), (await chartsOf(third))?.toSorted()]
  await write(person('d', 'E44444444'))

  await write(person('a', 'E11111111', mergedInto('b')))
  const once = await seen()
  await write(person('b', 'E22222222', mergedInto('d')))
  const twice = await seen()
  await write(person('b', 'E22222222'))
  const undone = await seen()
  await write(person('a', 'E11111111'))

  deepEqual(once, [['b'], ['b', 'c']])
  deepEqual(twice, [['d'], ['c', 'd']])
  deepEqual(undone, once)
  deepEqual(await seen(), [['a'], ['a', 'c']])
})

test('where the survivor has an account already the desk decides, and until then each keeps his own', async () => {
  await write(person('a', 'E11111111', mergedInto('c')))

  deepEqual(
    [await chartsOf(first), await chartsOf(third)].map((each) => each?.includes('c')),
    [false, true],
  )
  deepEqual(
    (await patients.desk(tenant)).map(({ reason, patients: found }) => [reason, found]),
    [['bound', ['c']]],
  )
})
