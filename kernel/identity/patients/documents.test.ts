/** Papers and phones: what can be right, in one form. */
import { deepEqual, equal, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { documentNumber, plainName } from './documents.ts'
import { phoneOf } from './phone.ts'

test('an identity number needs its check digit and a day that there is', () => {
  equal(documentNumber('identity-card', '11010519491231002x'), '11010519491231002X')
  for (const wrong of ['110105194912310021', '11010519490231002X', '1101051949123100', 'ABC'])
    throws(() => documentNumber('identity-card', wrong), { message: /cannot be right/ })
})

test('passports and permits have their own forms', () => {
  deepEqual(
    [
      documentNumber('passport', 'e 1234 5678'),
      documentNumber('hong-kong-macau-permit', 'h12345678'),
      documentNumber('taiwan-permit', '12345678'),
      documentNumber('permanent-residence', 'CAN110080010100'),
    ],
    ['E12345678', 'H12345678', '12345678', 'CAN110080010100'],
  )
  throws(() => documentNumber('hong-kong-macau-permit', '12345678'))
})

test('one phone, however it is written', () => {
  const written = ['13800001003', '+86 138 0000 1003', '0086-138-0000-1003', '１３８００００１００３']
  deepEqual(new Set(written.map(phoneOf)), new Set(['+8613800001003']))
  equal(phoneOf('+852 9123 4567'), '+85291234567')
  for (const wrong of ['12345', '02012345678', '+8612345678901', '']) throws(() => phoneOf(wrong))
})

test('a name is compared without blanks and dots', () => {
  equal(plainName('买买提·吐尔逊'), plainName('买买提 吐尔逊'))
  equal(plainName('Asha  VERMA'), plainName('asha verma'))
})
