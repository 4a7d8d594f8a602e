/** An import of a code system from the choice of its file to the answer that it is waiting. */
import { type AnswerError, sendFile, useRefresh } from '@xinglin/kit'
import { useState } from 'react'
import { asAnswerError } from '../use-offset-pages.ts'
import { columnsIn, columnsText, type FileColumn, previewBytes, untellable } from './columns.ts'

export type Chosen = {
  readonly file: File
  readonly format: 'csv' | 'fhir'
  readonly system: string
  readonly version: string
  readonly title: string
  readonly columns: readonly FileColumn[]
}
/** What is still missing, as a word of the catalogue. */
export type Fault = { readonly word: 'needsUrl' | 'needsCode' | 'badColumn'; readonly name?: string }
export type ImportDraft = {
  readonly chosen: Chosen | undefined
  readonly fault: Fault | undefined
  readonly isRunning: boolean
  readonly percent: number
  readonly error: AnswerError | undefined
  readonly choose: (file: File) => Promise<void>
  readonly change: (part: Partial<Chosen>) => void
  /** Whether it was sent. */
  readonly start: () => Promise<boolean>
  readonly stop: () => void
}

const path = '/api/terminology/imports'

export function useImport(): ImportDraft {
  const refresh = useRefresh()
  const [chosen, setChosen] = useState<Chosen>()
  const [running, setRunning] = useState<AbortController>()
  const [percent, setPercent] = useState(0)
  const [error, setError] = useState<AnswerError>()
  const choose = async (file: File) => {
    const format = file.name.toLowerCase().endsWith('.json') ? 'fhir' : 'csv'
    const columns = format === 'csv' ? columnsIn(await file.slice(0, previewBytes).text()) : []
    setError(undefined)
    setChosen((before) => ({ system: '', version: '', title: '', ...before, file, format, columns }))
  }
  const start = async () => {
    if (!chosen || running) return false
    const controller = new AbortController()
    setRunning(controller)
    setPercent(0)
    setError(undefined)
    try {
      await sendFile(`${path}?${queryOf(chosen)}`, chosen.file, {
        type: 'application/octet-stream',
        onProgress: setPercent,
        signal: controller.signal,
      })
      setChosen(undefined)
      await refresh(path)
      return true
    } catch (cause) {
      // What was stopped by hand needs no explanation.
      if (!controller.signal.aborted) setError(asAnswerError(cause))
      return false
    } finally {
      setRunning(undefined)
    }
  }
  return {
    chosen,
    fault: chosen && faultOf(chosen),
    isRunning: running !== undefined,
    percent,
    error,
    choose,
    change: (part) => setChosen((present) => present && { ...present, ...part }),
    start,
    stop: () => running?.abort(),
  }
}

function faultOf({ format, system, columns }: Chosen): Fault | undefined {
  if (format === 'fhir') return undefined
  if (!columns.some(({ role }) => role === 'code')) return { word: 'needsCode' }
  const name = untellable(columns)
  if (name !== undefined) return { word: 'badColumn', name }
  return system.trim() === '' ? { word: 'needsUrl' } : undefined
}

function queryOf({ format, system, version, title, columns }: Chosen): URLSearchParams {
  const given = { system, version, title, format, columns: columnsText(columns) }
  return new URLSearchParams(Object.entries(given).filter(([, value]) => value.trim() !== ''))
}
