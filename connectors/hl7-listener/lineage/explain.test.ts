/** Where each element comes from: the field, its bytes and its rule, found again over the kept message. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeText } from '@xinglin/hl7v2'
import { testTenant as tenant } from '@xinglin/testkit'
import { aDoor } from '../fixtures/door.ts'
import { admitted, aMessage, zhangSan } from '../fixtures/messages.ts'
import { told } from '../fixtures/sender.ts'

const { kernel, sender } = await aDoor()

/** `valueQuantity.value ← OBX-5.1 "5.6" (value, OBX[Observation])` of the elements of a type. */
async function linesOf(controlId: string, type: string): Promise<readonly string[]> {
  const message = (await kernel.traffic.list({ tenant, limit: 100 })).find(
    (each) => each.controlId === controlId,
  )
  assert.ok(message, 'the message is in the journal')
  const explained = await kernel.traffic.explain(tenant, message.id)
  const { raw } = (await kernel.traffic.read(tenant, message.id)) ?? assert.fail('its bytes are kept')
  const decoder = new TextDecoder(controlId.startsWith('GB') ? 'gb18030' : 'utf-8')
  return (explained?.elements ?? [])
    .filter(({ reference }) => reference.startsWith(`${type}/`))
    .map(({ path, sources }) => {
      const told = sources.map(({ field, byteOffset, byteLength, role, rule }) => {
        const bytes = decoder.decode(raw.subarray(byteOffset, byteOffset + byteLength))
        return `${field} "${bytes}" (${role}, ${rule.map})`
      })
      return `${path} ← ${told.join(', ')}`
    })
}

const order = [
  ...zhangSan,
  'OBR|1|P1|F1|GLU^葡萄糖^L|||20260302070000|||||||||||||||20260302090000||LAB|F',
  'OBX|1|NM|GLU^葡萄糖^L||5.6|mmol/L|3.9-6.1|N|||F',
]

test('each element of a result names its field, bytes and map', async () => {
  assert.equal(told(await sender.ask(aMessage('ORU^R01^ORU_R01', order, { controlId: 'R1' }))), 'AA')

  assert.deepEqual(await linesOf('R1', 'Observation'), [
    'code.coding[0].system ← MSH-4.1 "QLYX" (value, MSH[Observation]), OBX-3.3 "L" (value, OBX[Observation])',
    'effectiveDateTime ← OBR-7.1 "20260302070000" (value, OBR[Observation])',
    'issued ← OBR-22.1 "20260302090000" (value, OBR[Observation])',
    'category[0].coding[0].system ← OBR-24.1 "LAB" (condition, OBR[Observation])',
    'category[0].coding[0].code ← OBR-24.1 "LAB" (condition, OBR[Observation])',
    'valueQuantity.value ← OBX-5.1 "5.6" (value, OBX[Observation]), OBX-2.1 "NM" (condition, OBX[Observation])',
    'valueQuantity.unit ← OBX-6.1 "mmol/L" (value, OBX[Observation]), OBX-2.1 "NM" (condition, OBX[Observation])',
    'code.coding[0].code ← OBX-3.1 "GLU" (value, OBX[Observation])',
    'code.coding[0].display ← OBX-3.2 "葡萄糖" (value, OBX[Observation])',
    'code.text ← OBX-3.2 "葡萄糖" (value, OBX[Observation])',
    'referenceRange[0].low.unit ← OBX-6.1 "mmol/L" (value, OBX[Observation])',
    'referenceRange[0].high.unit ← OBX-6.1 "mmol/L" (value, OBX[Observation])',
    'referenceRange[0].high.value ← OBX-7.1 "3.9-6.1" (value, OBX[Observation])',
    'referenceRange[0].text ← OBX-7.1 "3.9-6.1" (value, OBX[Observation])',
    'referenceRange[0].low.value ← OBX-7.1 "3.9-6.1" (value, OBX[Observation])',
    'interpretation[0].coding[0].system ← OBX-8.1 "N" (condition, OBX[Observation])',
    'interpretation[0].coding[0].code ← OBX-8.1 "N" (condition, OBX[Observation])',
    'interpretation[0].coding[0].display ← OBX-8.1 "N" (condition, OBX[Observation])',
    'status ← OBX-11.1 "F" (value, OBX[Observation])',
  ])
})

test('bytes are counted in the character set of the message', async () => {
  const text = aMessage('ADT^A08^ADT_A01', zhangSan, { controlId: 'GB1', charset: 'GB18030' }).replace(
    '泉城路1号',
    '泉城路2号',
  )
  assert.equal(told(await sender.ask(encodeText(text, { name: 'GB 18030-2000', label: 'gb18030' }))), 'AA')

  assert.deepEqual(await linesOf('GB1', 'Patient'), [
    'identifier[0].type.coding[0].system ← PID-3[1].5 "MR" (condition, PID[Patient])',
    'identifier[0].type.coding[0].code ← PID-3[1].5 "MR" (condition, PID[Patient])',
    'identifier[1].type.coding[0].system ← PID-3[2].5 "NI" (condition, PID[Patient])',
    'identifier[1].type.coding[0].code ← PID-3[2].5 "NI" (condition, PID[Patient])',
    'name[0].text ← PID-5.1 "张" (value, PID[Patient]), PID-5.2 "三" (value, PID[Patient])',
    'name[0].family ← PID-5.1 "张" (value, PID[Patient])',
    'name[0].given[0] ← PID-5.2 "三" (value, PID[Patient])',
    'name[0].use ← PID-5.7 "L" (condition, PID[Patient])',
    'birthDate ← PID-7.1 "19800101" (value, PID[Patient])',
    'address[0].text ← PID-11.1 "泉城路2号" (value, PID[Patient]), PID-11.2 "历下区" (value, PID[Patient]), PID-11.3 "济南市" (value, PID[Patient]), PID-11.4 "山东省" (value, PID[Patient])',
    'address[0].line[0] ← PID-11.1 "泉城路2号" (value, PID[Patient])',
    'address[0].district ← PID-11.2 "历下区" (condition, PID[Patient])',
    'address[0].city ← PID-11.3 "济南市" (value, PID[Patient])',
    'address[0].state ← PID-11.4 "山东省" (value, PID[Patient])',
    'address[0].postalCode ← PID-11.5 "250011" (value, PID[Patient])',
    'address[0].country ← PID-11.6 "CHN" (value, PID[Patient])',
    'address[0].use ← PID-11.7 "H" (value, PID[Patient])',
    'telecom[0].use ← PID-13.3 "CP" (value, PID[Patient])',
    'telecom[0].value ← PID-13.12 "13800000001" (value, PID[Patient])',
    'maritalStatus.coding[0].system ← PID-16.1 "M" (condition, PID[Patient])',
    'maritalStatus.coding[0].code ← PID-16.1 "M" (value, PID[Patient])',
    'maritalStatus.coding[0].display ← PID-16.1 "M" (condition, PID[Patient])',
  ])
})

test('a visit owes its status to the event of the message', async () => {
  assert.equal(
    told(await sender.ask(aMessage('ADT^A01^ADT_A01', [...zhangSan, admitted], { controlId: 'A1' }))),
    'AA',
  )

  assert.deepEqual(await linesOf('A1', 'Encounter'), [
    'location[0].period.start ← MSH-7.1 "20260302080000" (value, MSH[Encounter])',
    'status ← MSH-9.2 "A01" (value, MSH[Encounter])',
    'subject.display ← PID-5.1 "张" (value, PID[Encounter]), PID-5.2 "三" (value, PID[Encounter])',
    'class.system ← PV1-2.1 "I" (value, PV1[Encounter])',
    'class.code ← PV1-2.1 "I" (value, PV1[Encounter])',
    'class.display ← PV1-2.1 "I" (condition, PV1[Encounter])',
    'location[0].location.display ← PV1-3.1 "W05" (value, PV1[Encounter]), PV1-3.2 "W05-R01" (value, PV1[Encounter]), PV1-3.3 "12" (value, PV1[Encounter])',
    'serviceProvider.display ← PV1-3.4 "QLYX" (value, PV1[Encounter])',
    'participant[0].individual.display ← PV1-7.2 "王" (value, PV1[Encounter]), PV1-7.3 "医生" (value, PV1[Encounter])',
    'serviceType.coding[0].code ← PV1-10.1 "05" (value, PV1[Encounter])',
    'identifier[0].value ← PV1-19.1 "V0001" (value, PV1[Encounter])',
    'identifier[0].system ← PV1-19.4.2 "2.999.86.1.2" (value, PV1[Encounter])',
    'period.start ← PV1-44.1 "20260302080000" (value, PV1[Encounter])',
  ])
})

test('nothing is told of a refused message', async () => {
  await sender.ask(aMessage('ADT^A01^ADT_A01', [...zhangSan], { controlId: 'X1' }))

  assert.deepEqual(await linesOf('X1', 'Patient'), [])
})
