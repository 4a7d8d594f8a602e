/** What a person reads before he agrees to an app. */
import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { allResourceTypes } from '@xinglin/fhir/search'
import { parseRecordScope } from '@xinglin/identity'
import { typeWords } from './type-words.ts'
import { scopeWords } from './words.ts'

const said = (language: 'zh' | 'en', scopes: readonly string[]) =>
  scopes.map((scope) => scopeWords(language, scope, parseRecordScope(scope)))

test('every type of the record is called by a word of the reader, in both languages', () => {
  const wordless = allResourceTypes.filter((type) => {
    const word = typeWords[type]
    return !word || !/\p{Script=Han}/u.test(word.zh) || !/^[a-z]/.test(word.en)
  })

  deepEqual(wordless, [])
})

test('a scope says what is done with what of whom, by version 1 and 2, and how it is narrowed', () => {
  const scopes = [
    'patient/Observation.rs?category=laboratory',
    'patient/Condition.rs?category=http://terminology.hl7.org/CodeSystem/condition-category|problem-list-item',
    'patient/MedicationRequest.cruds',
    'user/DocumentReference.c',
    'user/*.read',
    'system/Patient.write',
    'patient/ServiceRequest.rs?status=active',
    'launch/patient',
  ]

  deepEqual(said('zh', scopes), [
    '查看该患者的检验结果与体征（仅限检验）',
    '查看该患者的诊断与问题（仅限问题列表）',
    '查看、新增、修改、删除该患者的处方与用药医嘱',
    '新增您能查看的所有患者的病历文书',
    '查看您能查看的所有患者的全部资料',
    '新增、修改、删除本院所有患者的基本信息',
    '查看该患者的检查检验申请（仅限status = active）',
    '请您选择一位患者',
  ])
  deepEqual(said('en', scopes), [
    'see results and vital signs (only laboratory) of this patient',
    'see diagnoses and problems (only problem list) of this patient',
    'see, add, change and delete prescriptions of this patient',
    'add documents of all patients whom you may see',
    'see everything of all patients whom you may see',
    'add, change and delete master data of all patients of the hospital',
    'see orders of examinations (only status = active) of this patient',
    'have you choose a patient',
  ])
})
