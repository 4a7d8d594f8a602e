/** A rule of a consent in a sentence. */
import { type Say, useLook, useTimes, useWords } from '@xinglin/kit'
import type { ConsentRule } from '../contract.ts'
import { type PrivacyWord, words } from './words.ts'

export const purposes = [
  'TREAT',
  'HRESCH',
  'HPAYMT',
  'HOPERAT',
  'HMARKT',
  'PUBHLTH',
  'BTG',
  'ETREAT',
] as const
export const labels = ['PSY', 'HIV', 'SEX', 'ETH', 'GDIS'] as const
const typeWords = {
  Patient: 'TypePatient',
  Observation: 'TypeObservation',
  Condition: 'TypeCondition',
  MedicationRequest: 'TypeMedicationRequest',
  DiagnosticReport: 'TypeDiagnosticReport',
  DocumentReference: 'TypeDocumentReference',
  Encounter: 'TypeEncounter',
  ImagingStudy: 'TypeImagingStudy',
} as const satisfies Readonly<Record<string, PrivacyWord>>
export const types = Object.keys(typeWords)

/** The word of a code where there is one, else the code. */
export function useCodeWord(): (prefix: string, code: string) => string {
  const say = useWords(words)
  return (prefix, code) => wordOf(say, `${prefix}${code}`) ?? code
}

function wordOf(say: Say<PrivacyWord>, key: string): string | undefined {
  return isWord(key) ? say(key) : undefined
}

function isWord(key: string): key is PrivacyWord {
  return Object.hasOwn(words.zh, key)
}

/** `Refused: nurse, Organization/icu · HIV · for research · 2026-01-01 to any time`. */
export function useRuleSentence(roleTitle: (role: string) => string): (rule: ConsentRule) => string {
  const say = useWords(words)
  const times = useTimes()
  const word = useCodeWord()
  const { language } = useLook()
  const join = (parts: readonly string[]) => parts.join(language === 'zh' ? '、' : ', ')
  return (rule) => {
    const { depth, decision, from, until, unknown } = rule
    const who = [...(rule.roles ?? []).map(roleTitle), ...(rule.whom ?? [])]
    const what = [
      ...(rule.types ?? []).map((type) => word('Type', type)),
      ...(rule.labels ?? []).map((label) => word('', label)),
      ...(rule.codes ?? []).map(({ display, code }) => display ?? code),
    ]
    const day = (instant: string | undefined) => (instant ? times.day(instant) : say('anyTime'))
    const isBase = depth === 0
    const bounds = [
      ...(isBase && who.length === 0 ? [] : [who.length > 0 ? join(who) : say('everybody')]),
      ...(isBase && what.length === 0 ? [] : [what.length > 0 ? join(what) : say('everything')]),
      ...(rule.purposes
        ? [say('forPurposes', { purposes: join(rule.purposes.map((code) => word('', code))) })]
        : []),
      ...(from || until ? [say('period', { from: day(from), until: day(until) })] : []),
      ...(unknown ? [say('unknownPart', { names: join(unknown) })] : []),
    ]
    const head = isBase ? baseWord(say, decision) : say(decision ?? 'deny')
    return bounds.length === 0 ? head : `${head}${language === 'zh' ? '：' : ': '}${bounds.join(' · ')}`
  }
}

function baseWord(say: Say<PrivacyWord>, decision: 'deny' | 'permit' | undefined): string {
  if (decision === undefined) return say('noBase')
  return say(decision === 'deny' ? 'denyBase' : 'permitBase')
}
