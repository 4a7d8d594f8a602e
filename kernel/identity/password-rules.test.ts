/** Each password rule, with the sentence that people read. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brokenPasswordRule } from './password-rules.ts'
import { oneTimePassword } from './secrets.ts'

const account = { login: 'lin.mei' }

test('a password is refused with the sentence of the rule that it breaks', () => {
  const sentences = {
    'Ab3!': 'the password has 4 characters; it needs at least 10',
    ['Ab3!'.repeat(40)]: 'the password has 160 characters; at most 128 are allowed',
    heronlakewinter:
      'the password needs at least 3 of: upper-case letters, lower-case letters, digits, other characters',
    Aa1Aa1Aa1Aa1: 'the password repeats too few different characters; it needs at least 5',
    'Lin.Mei-2026': 'the password must not contain the login',
    'P@ssword2026!': 'the password is among those that are guessed first; choose another',
    'Hospital123!': 'the password is among those that are guessed first; choose another',
  }
  assert.deepEqual(
    Object.fromEntries(
      Object.keys(sentences).map((text) => [text, brokenPasswordRule(text, account)?.sentence]),
    ),
    sentences,
  )
})

test('a long sentence in Chinese with a digit and a letter is a good password', () => {
  assert.equal(brokenPasswordRule('杏林春暖三月里 Heron7', account), undefined)
})

test('every one-time password keeps the rules', () => {
  const made = Array.from({ length: 200 }, oneTimePassword)
  assert.deepEqual(
    made.filter((password) => brokenPasswordRule(password, account) !== undefined),
    [],
  )
  assert.equal(new Set(made).size, 200)
})
