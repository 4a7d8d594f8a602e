/** R4 conceptmap-operation-translate, asked with a code and its system; that no map knows it is an answer too. */
import { useQuery } from '@tanstack/react-query'
import { type Answer, ask, isAnswer } from '@xinglin/kit'
import { useCallback } from 'react'
import { asAnswerError } from '../use-offset-pages.ts'

export type Question = {
  readonly system: string
  readonly code: string
  /** Every system where it is empty. */
  readonly target: string
  readonly isReverse: boolean
}
export type Found = {
  readonly equivalence: string
  readonly system?: string
  readonly code?: string
  readonly display?: string
  readonly map?: string
}

const path = '/fhir/R4/ConceptMap/$translate'

/** The question that stands in the address of the page; undefined where none does. */
export function questionIn(search: URLSearchParams): Question | undefined {
  const [system, code] = [search.get('system'), search.get('code')]
  if (!system || !code) return undefined
  return {
    system,
    code,
    target: search.get('target') ?? '',
    isReverse: search.get('direction') === 'backward',
  }
}

export function useTranslations(asked: Question | undefined): Answer<readonly Found[]> {
  const query = useQuery({
    queryKey: ['ask', path, asked],
    queryFn: ({ signal }) => (asked ? translate(asked, signal) : []),
    enabled: asked !== undefined,
    retry: false,
  })
  const retry = useCallback(() => void query.refetch(), [query.refetch])
  const error = query.error ? asAnswerError(query.error) : undefined
  if (error) return error.status === 403 ? { state: 'refused', error } : { state: 'failed', error, retry }
  if (query.data === undefined) return { state: 'loading' }
  return { state: 'ready', data: query.data, asOfMs: query.dataUpdatedAt, isRefreshing: false, retry }
}

type Part = {
  readonly name: string
  readonly valueCode?: string
  readonly valueUri?: string
  readonly valueCoding?: { readonly system?: string; readonly code?: string; readonly display?: string }
}
type Told = { readonly parameter?: readonly { readonly name: string; readonly part?: readonly Part[] }[] }

async function translate(question: Question, signal: AbortSignal): Promise<readonly Found[]> {
  const { system, code, target, isReverse } = question
  const parameter = [
    { name: 'system', valueUri: system },
    { name: 'code', valueCode: code },
    ...(target ? [{ name: 'targetsystem', valueUri: target }] : []),
    ...(isReverse ? [{ name: 'reverse', valueBoolean: true }] : []),
  ]
  const body = { resourceType: 'Parameters', parameter }
  const told = await ask<Told>(path, { method: 'POST', body, signal }).catch(noneWhereUnknown)
  return (told.parameter ?? []).flatMap(({ name, part = [] }) => (name === 'match' ? [foundOf(part)] : []))
}

function noneWhereUnknown(error: unknown): Told {
  if (isAnswer(error, 404)) return {}
  throw error
}

function foundOf(parts: readonly Part[]): Found {
  const part = (name: string) => parts.find((each) => each.name === name)
  const map = part('source')?.valueUri
  return {
    equivalence: part('equivalence')?.valueCode ?? '',
    ...part('concept')?.valueCoding,
    ...(map === undefined ? {} : { map }),
  }
}
