/** Refusals in the language of who asked: which language, which sentence, and what stands beside it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forbidden, invalid } from '@xinglin/fhir'
import { languageOf, spoken } from './speak.ts'

test('the language is the one of ours that Accept-Language weighs most, and none where it names neither', () => {
  const asked = [
    'zh-CN,zh;q=0.9,en;q=0.8',
    'fr, en-GB;q=0.7, zh;q=0.3',
    'de',
    '*',
    'zh;q=0, en;q=0.1',
    undefined,
  ]
  assert.deepEqual(asked.map(languageOf), ['zh', 'en', undefined, undefined, 'en', undefined])
})

test('a refusal says its sentence in Chinese with its values, and in English as translation', () => {
  const refusal = forbidden('the patient does not agree that you see this (Consent/c1)', {
    code: 'consent.refused',
    values: { consents: 'Consent/c1' },
  })
  const said = spoken(refusal.outcome, 'zh', refusal.values)
  assert.deepEqual(said.issue[0]?.details, {
    coding: [{ system: 'urn:xinglin:error', code: 'consent.refused' }],
    text: '患者不同意您查看此内容（依据授权书 Consent/c1）。如遇抢救等紧急情况，有权者可说明理由后紧急调阅。',
    _text: {
      extension: [
        {
          url: 'http://hl7.org/fhir/StructureDefinition/translation',
          extension: [
            { url: 'lang', valueCode: 'en' },
            { url: 'content', valueString: 'the patient does not agree that you see this (Consent/c1)' },
          ],
        },
      ],
    },
  })
  assert.equal(said.issue[0]?.diagnostics, refusal.outcome.issue[0]?.diagnostics)
})

test('what is not known is left out of a sentence; the element concerned is known of each issue', () => {
  const { outcome } = invalid('Patient.name is missing', { code: 'fhir.required', at: 'Patient.name' })
  const unknown = forbidden('your roles do not allow this', { code: 'identity.not-allowed' })
  assert.deepEqual(
    [outcome, unknown.outcome].map((each) => spoken(each, 'zh').issue[0]?.details?.text),
    ['缺少必填元素：Patient.name。', '您的角色或授权范围不允许此操作。如工作需要，请向管理员申请权限。'],
  )
})

test('in English the exact sentence is said and the Chinese one is the translation', () => {
  const refusal = forbidden('your roles do not allow to create Patient', {
    code: 'identity.not-allowed',
    values: { interaction: 'create', type: 'Patient' },
  })
  const { details } = spoken(refusal.outcome, 'en', refusal.values).issue[0] ?? {}
  assert.deepEqual(
    [details?.text, details?._text?.extension?.[0]?.extension?.[1]?.valueString],
    [
      'your roles do not allow to create Patient',
      '您的角色或授权范围不允许此操作：新建 Patient。如工作需要，请向管理员申请权限。',
    ],
  )
})

test('who names no language of ours is answered as before', () => {
  const { outcome } = invalid('no', { code: 'web.json' })
  assert.equal(spoken(outcome, undefined), outcome)
})
