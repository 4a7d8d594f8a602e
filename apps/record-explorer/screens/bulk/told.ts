/** Bulk Data Access 2.0 §Status Request: what a job, its files and its refused lines say of themselves. */
import { issuesOf } from '@xinglin/kit'
import type { Told } from '../fhir/door.ts'
import { isObject, type Json, listOf, parsed, textAt } from '../fhir/json.ts'

/** How far unfinished work is, from the header `X-Progress`: `12 %, 345 resources, 2 lines refused`. */
export type Standing = {
  readonly isFinished: boolean
  readonly percent: number
  readonly resources: number
  readonly refused: number
}

export function standingOf({ status, headers }: Told): Standing {
  const [percent = '0', resources = '0', refused = '0'] = headers['x-progress']?.match(/\d+/g) ?? []
  return {
    isFinished: status === 200,
    percent: Number(percent),
    resources: Number(resources),
    refused: Number(refused),
  }
}

export type File = { readonly type: string; readonly number: string; readonly count: number }
export type Manifest = {
  readonly transactionTime: string
  readonly request: string
  readonly output: readonly File[]
  readonly deleted: readonly File[]
  /** Until when the files can be fetched. */
  readonly expires: string | undefined
}

/** The manifest of a finished export; undefined while it is not finished. */
export function manifestOf({ status, text, headers }: Told): Manifest | undefined {
  const told = status === 200 ? parsed(text) : undefined
  if (!isObject(told)) return undefined
  const expiresMs = Date.parse(headers.expires ?? '')
  return {
    transactionTime: textAt(told, 'transactionTime') ?? '',
    request: textAt(told, 'request') ?? '',
    output: listOf(told.output).map(fileOf),
    deleted: listOf(told.deleted).map(fileOf),
    expires: Number.isNaN(expiresMs) ? undefined : new Date(expiresMs).toISOString(),
  }
}

function fileOf(file: Json): File {
  return {
    type: textAt(file, 'type') ?? '',
    number: textAt(file, 'url')?.split('/').at(-1) ?? '',
    count: Number(textAt(file, 'count') ?? 0),
  }
}

export type Refusal = {
  /** Counted from 1, as people count files and lines. */
  readonly file: number
  readonly line: number
  readonly text: string
  readonly errorCode: string | undefined
  readonly at: string | undefined
}

/** Lines that an import did not write, from NDJSON of OperationOutcomes. */
export function refusalsOf({ text }: Told): readonly Refusal[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const outcome = parsed(line)
      const [issue] = issuesOf(line)
      return {
        file: numberIn(outcome, 'urn:xinglin:bulk:input') + 1,
        line: numberIn(outcome, 'urn:xinglin:bulk:line'),
        text: issue?.text ?? '',
        errorCode: issue?.errorCode,
        at: issue?.at,
      }
    })
}

function numberIn(outcome: Json | undefined, url: string): number {
  const extensions = isObject(outcome) ? listOf(outcome.extension) : []
  return Number(
    textAt(
      extensions.find((each) => textAt(each, 'url') === url),
      'valueInteger',
    ) ?? 0,
  )
}
