/** The one way to the server: JSON in, JSON out, an OperationOutcome as a typed error (FHIR R4 §2.28). */
import { stepUp, tellProposed } from './frame-acts.ts'

export type Issue = {
  readonly severity: string
  readonly code: string
  /** The sentence in the language of the page when it was asked. */
  readonly text: string
  /** The same by language (`zh`, `en`), where the server knows it. */
  readonly texts?: Readonly<Record<string, string>>
  /** FHIRPath or field name that the issue is about. */
  readonly at?: string
  /** Code of docs/errors.md, for example `ward.bed-occupied`. */
  readonly errorCode?: string
}

/** A request that was answered with a failure, or not answered at all (`status` 0). */
export class AnswerError extends Error {
  readonly status: number
  readonly issues: readonly Issue[]

  constructor(status: number, issues: readonly Issue[], options?: { readonly cause?: unknown }) {
    super(issues[0]?.text ?? `HTTP ${status}`, options)
    this.name = 'AnswerError'
    this.status = status
    this.issues = issues
  }

  /** The first issue's code of docs/errors.md. */
  get errorCode(): string | undefined {
    return this.issues[0]?.errorCode
  }
}

/** Whether an error is the server's answer, of this status where one is given. */
export function isAnswer(error: unknown, status?: number): error is AnswerError {
  return error instanceof AnswerError && (status === undefined || error.status === status)
}

export type AskOptions = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/** What the page says of its language (BCP 47): refusals are answered in it. */
export function pageLanguage(): string {
  return document.documentElement.lang
}

/**
 * Asks the server; throws `AnswerError`. An answer without content is undefined. Where an act needs the second factor once
 * more the frame asks for it, and the act is tried again.
 */
export async function ask<T>(path: string, options: AskOptions = {}): Promise<T> {
  try {
    return await askOnce<T>(path, options)
  } catch (error) {
    const isAsked = isAnswer(error, 401) && error.errorCode === 'identity.step-up'
    if (!isAsked || !(await stepUp())) throw error
    return askOnce<T>(path, options)
  }
}

async function askOnce<T>(path: string, options: AskOptions): Promise<T> {
  const response = await send(path, options)
  const text = await response.text()
  if (!response.ok) throw new AnswerError(response.status, issuesOf(text))
  const answer = text === '' ? undefined : JSON.parse(text)
  // RFC 9110 §15.3.3: taken, not done; of the platform's acts those that need two people.
  if (isProposed(answer)) tellProposed()
  return answer as T
}

function isProposed(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'proposal' in answer
}

async function send(path: string, { method = 'GET', body, signal }: AskOptions): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      signal,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        'accept-language': pageLanguage(),
        'x-xinglin': '1',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new AnswerError(0, [], { cause })
  }
}

type RawIssue = {
  readonly severity?: string
  readonly code?: string
  readonly diagnostics?: string
  readonly expression?: readonly string[]
  readonly details?: {
    readonly text?: string
    readonly _text?: { readonly extension?: readonly Translation[] }
    readonly coding?: readonly { readonly code?: string }[]
  }
}
/** FHIR R4 languages.html: the extension `translation`. */
type Translation = {
  readonly extension?: readonly {
    readonly url?: string
    readonly valueCode?: string
    readonly valueString?: string
  }[]
}

/** The issues of an OperationOutcome text; empty where the text is something else (a proxy's page). */
export function issuesOf(text: string): readonly Issue[] {
  const outcome = parsed(text)
  if (outcome?.resourceType !== 'OperationOutcome' || !Array.isArray(outcome.issue)) return []
  return outcome.issue.map(issueOf)
}

function issueOf(raw: RawIssue): Issue {
  const at = raw.expression?.[0]
  const errorCode = raw.details?.coding?.[0]?.code
  return {
    severity: raw.severity ?? 'error',
    code: raw.code ?? 'exception',
    text: raw.details?.text ?? raw.diagnostics ?? '',
    ...textsOf(raw),
    ...(at ? { at } : {}),
    ...(errorCode ? { errorCode } : {}),
  }
}

/** What is exact is said in English (`diagnostics`); sentences of the platform stand in both languages. */
function textsOf({ details, diagnostics }: RawIssue): Pick<Issue, 'texts'> {
  const translations = (details?._text?.extension ?? []).map(({ extension = [] }) => ({
    language: extension.find(({ url }) => url === 'lang')?.valueCode,
    text: extension.find(({ url }) => url === 'content')?.valueString,
  }))
  const zh = translations.some(({ language }) => language === 'en')
    ? details?.text
    : translations.find(({ language }) => language === 'zh')?.text
  return zh === undefined || diagnostics === undefined ? {} : { texts: { zh, en: diagnostics } }
}

function parsed(text: string): { resourceType?: string; issue?: RawIssue[] } | undefined {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: a proxy or a broken connection answered; the status alone tells.
    return undefined
  }
}
