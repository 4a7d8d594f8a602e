/**
 * Refusals in the language of who asked. FHIR R4 §2.28.4 wants the description that people read in `details.text`; which
 * language it is in is asked by Accept-Language (http.html §3.1.0.1.12, RFC 9110 §12.5.4), and the other language stands
 * beside it as the extension `translation` (languages.html §2.27.0.3), so that a page that changes its language needs not
 * ask again. `diagnostics` stays as it is: English, exact, for who mends.
 */
import type { OperationOutcome, OperationOutcomeIssue } from '@xinglin/fhir'
import { chineseSentence, type Values } from './sentences.ts'

export type Language = 'zh' | 'en'

const translationUrl = 'http://hl7.org/fhir/StructureDefinition/translation'

/** The language of ours that an Accept-Language prefers; undefined where it names neither. */
export function languageOf(header: string | undefined): Language | undefined {
  const wanted = (header ?? '').split(',').flatMap((range) => {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';')
    const language = tag.trim().split('-')[0]
    const weight = Number(parameters.find((each) => each.trim().startsWith('q='))?.split('=')[1] ?? 1)
    return (language === 'zh' || language === 'en') && weight > 0 ? [{ language, weight } as const] : []
  })
  return wanted.reduce<(typeof wanted)[number] | undefined>(
    (best, each) => (best && best.weight >= each.weight ? best : each),
    undefined,
  )?.language
}

/** An outcome whose issues say themselves in `language`, with the other one as translation; issues without a code of ours stay. */
export function spoken(
  outcome: OperationOutcome,
  language: Language | undefined,
  values: Values = {},
): OperationOutcome {
  if (language === undefined) return outcome
  return { ...outcome, issue: outcome.issue.map((issue) => spokenIssue(issue, language, values)) }
}

function spokenIssue(
  issue: OperationOutcomeIssue,
  language: Language,
  values: Values,
): OperationOutcomeIssue {
  const { details, diagnostics, expression } = issue
  const code = details?.coding?.find(({ system }) => system === 'urn:xinglin:error')?.code
  const at = expression?.[0]
  const zh =
    code === undefined ? undefined : chineseSentence(code, { ...(at === undefined ? {} : { at }), ...values })
  if (zh === undefined || diagnostics === undefined) return issue
  const [text, other] =
    language === 'zh' ? [zh, translation('en', diagnostics)] : [diagnostics, translation('zh', zh)]
  return { ...issue, details: { ...details, text, _text: { extension: [other] } } }
}

function translation(language: Language, content: string) {
  return {
    url: translationUrl,
    extension: [
      { url: 'lang', valueCode: language },
      { url: 'content', valueString: content },
    ],
  }
}
