/** What a password must be (GB/T 22239-2019 §8.1.4.1: complexity), each rule with the sentence that people read. */
import { invalid } from '@xinglin/fhir'

const minCharacters = 10
/** Argon2 takes any length; more than this is no password but an attack on its time. */
const maxCharacters = 128
const minKinds = 3

const kinds = [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u, /[^\p{Lu}\p{Ll}\p{Nd}]/u]

/** Roots of the passwords that are guessed first, without digits and marks at their ends. */
const commonRoots = new Set(
  'password passw0rd p@ssw0rd p@ssword qwerty qwertyuiop asdfghjkl admin administrator welcome letmein iloveyou woaini hospital xinglin yiyuan changeme abc abcd abcdef'.split(
    ' ',
  ),
)

type Broken = { readonly rule: string; readonly sentence: string }

/** The first rule that `password` breaks, with its sentence; undefined where it keeps all. */
export function brokenPasswordRule(
  password: string,
  account: { readonly login: string },
): Broken | undefined {
  const length = [...password].length
  if (length < minCharacters)
    return {
      rule: 'password-length',
      sentence: `the password has ${length} characters; it needs at least ${minCharacters}`,
    }
  if (length > maxCharacters)
    return {
      rule: 'password-length',
      sentence: `the password has ${length} characters; at most ${maxCharacters} are allowed`,
    }
  if (kinds.filter((kind) => kind.test(password)).length < minKinds)
    return {
      rule: 'password-kinds',
      sentence: `the password needs at least ${minKinds} of: upper-case letters, lower-case letters, digits, other characters`,
    }
  if (new Set(password).size < 5)
    return {
      rule: 'password-repeats',
      sentence: 'the password repeats too few different characters; it needs at least 5',
    }
  if (password.toLowerCase().includes(account.login.toLowerCase()))
    return { rule: 'password-login', sentence: 'the password must not contain the login' }
  if (commonRoots.has(root(password)))
    return {
      rule: 'password-common',
      sentence: 'the password is among those that are guessed first; choose another',
    }
  return undefined
}

/** Throws `invalid` (`identity.password-rule`, at `next`) naming the broken rule. */
export function refuseWeakPassword(password: string, account: { readonly login: string }): void {
  const broken = brokenPasswordRule(password, account)
  if (!broken) return
  const { rule, sentence } = broken
  throw invalid(sentence, { code: 'identity.password-rule', at: 'next', values: { rule } })
}

function root(password: string): string {
  return password.toLowerCase().replace(/^[\d\p{P}\p{S}]+|[\d\p{P}\p{S}]+$/gu, '')
}
