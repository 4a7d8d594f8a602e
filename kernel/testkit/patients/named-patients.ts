/** The named patients of all tests (style rule 51). Their ids are their names; the identity number has its valid checksum. */
import type { ResourceOf } from '@xinglin/fhir'

type Patient = ResourceOf<'Patient'> & { readonly id: string }

/** Where tests keep medical record numbers (R4 Identifier.system). */
export const mrnSystem = 'urn:oid:1.2.156.112636.9.1'
/** Resident identity numbers of the People's Republic of China (GB 11643). */
export const identityNumberSystem = 'urn:oid:1.2.156.112636.9.2'

function mrn(value: string) {
  return {
    use: 'official' as const,
    type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
    system: mrnSystem,
    value,
  }
}

/** Asha Verma, 41, adult inpatient, allergic to penicillin. */
export const asha: Patient = {
  resourceType: 'Patient',
  id: 'asha',
  identifier: [mrn('A1001')],
  active: true,
  name: [{ use: 'official', family: 'Verma', given: ['Asha'] }],
  telecom: [{ system: 'phone', value: '13800001001', use: 'mobile' }],
  gender: 'female',
  birthDate: '1984-06-19',
}

/** Leo Martin, born three days before the clock's start: a neonate, doses by weight in grams. */
export const leo: Patient = {
  resourceType: 'Patient',
  id: 'leo',
  identifier: [mrn('A1002')],
  active: true,
  name: [{ use: 'official', family: 'Martin', given: ['Leo'] }],
  gender: 'male',
  birthDate: '2026-02-27',
  multipleBirthBoolean: false,
}

/** 张三, 56, outpatient with diabetes: found by 张三, zhangsan and zs. */
export const zhangSan: Patient = {
  resourceType: 'Patient',
  id: 'zhang-san',
  identifier: [
    mrn('A1003'),
    { use: 'official', system: identityNumberSystem, value: identityNumber('11010519700307123') },
  ],
  active: true,
  name: [{ use: 'official', text: '张三', family: '张', given: ['三'] }],
  telecom: [{ system: 'phone', value: '13900001003', use: 'mobile' }],
  gender: 'male',
  birthDate: '1970-03-07',
}

/** 欧阳雪, 34, pregnant, a family name of two characters: found by oyx. */
export const ouyangXue: Patient = {
  resourceType: 'Patient',
  id: 'ouyang-xue',
  identifier: [
    mrn('A1004'),
    { use: 'official', system: identityNumberSystem, value: identityNumber('31010119910815464') },
  ],
  active: true,
  name: [{ use: 'official', text: '欧阳雪', family: '欧阳', given: ['雪'] }],
  gender: 'female',
  birthDate: '1991-08-15',
}

/** GB 11643 §6.2 (ISO 7064 MOD 11-2): the 17 digits with their check character. */
function identityNumber(digits: string): string {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const sum = weights.reduce((total, weight, index) => total + weight * Number(digits[index]), 0)
  return digits + '10X98765432'.charAt(sum % 11)
}
