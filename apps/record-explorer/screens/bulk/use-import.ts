/** An import from its files to its kick-off: each file is sent once, then all are named in one request. */
import { AnswerError, type Sending, sendFile, useRefresh } from '@xinglin/kit'
import { useCallback, useRef, useState } from 'react'
import { asAnswerError, askDoor, door } from '../fhir/door.ts'
import { isObject, parsed, textAt } from '../fhir/json.ts'
import { idIn, jobsPath } from './job.ts'
import { importRequest } from './requests.ts'

export type Chosen = {
  readonly key: string
  readonly file: File
  /** Empty where its lines may be of any type. */
  readonly type: string
  readonly percent: number | undefined
  /** Known once it was sent; a further try does not send it again. */
  readonly url: string | undefined
}
export type ImportDraft = {
  readonly files: readonly Chosen[]
  readonly isRunning: boolean
  readonly error: AnswerError | undefined
  readonly add: (files: readonly File[]) => void
  readonly change: (key: string, part: Partial<Chosen>) => void
  readonly remove: (key: string) => void
  /** The id of the import; undefined where it was not begun (see `error`). */
  readonly start: (addresses: readonly string[]) => Promise<string | undefined>
  readonly stop: () => void
}

export function useImport(): ImportDraft {
  const refresh = useRefresh()
  const [files, setFiles] = useState<readonly Chosen[]>([])
  const [running, setRunning] = useState<AbortController>()
  const [error, setError] = useState<AnswerError>()
  const count = useRef(0)
  const change = useCallback((key: string, part: Partial<Chosen>) => {
    setFiles((present) => present.map((each) => (each.key === key ? { ...each, ...part } : each)))
  }, [])
  const send = async (chosen: Chosen, signal: AbortSignal) => {
    const onProgress = (percent: number) => change(chosen.key, { percent })
    const url = chosen.url ?? (await addressOf(chosen.file, { onProgress, signal }))
    change(chosen.key, { url, percent: 100 })
    return { url, type: chosen.type }
  }
  const begin = async (addresses: readonly string[], signal: AbortSignal) => {
    const sent = []
    for (const chosen of files) sent.push(await send(chosen, signal))
    const { headers } = await askDoor(
      importRequest([...sent, ...addresses.map((url) => ({ url, type: '' }))]),
      signal,
    )
    setFiles([])
    await refresh(jobsPath)
    return idIn(headers)
  }
  const start = async (addresses: readonly string[]) => {
    if (running) return undefined
    const controller = new AbortController()
    setRunning(controller)
    setError(undefined)
    try {
      return await begin(addresses, controller.signal)
    } catch (cause) {
      // What was stopped by hand needs no explanation.
      if (!controller.signal.aborted) setError(asAnswerError(cause))
      return undefined
    } finally {
      setRunning(undefined)
    }
  }
  return {
    files,
    isRunning: running !== undefined,
    error,
    change,
    start,
    add: (added) =>
      setFiles((present) => [
        ...present,
        ...added.map((file) => ({
          key: String(count.current++),
          file,
          type: '',
          percent: undefined,
          url: undefined,
        })),
      ]),
    remove: (key) => setFiles((present) => present.filter((each) => each.key !== key)),
    stop: () => running?.abort(),
  }
}

/** Sends a file and gives the address under which an import may name it. */
async function addressOf(file: Blob, sending: Pick<Sending, 'onProgress' | 'signal'>): Promise<string> {
  const told = parsed(
    await sendFile(`${door}/bulk/files`, file, { type: 'application/fhir+ndjson', ...sending }),
  )
  const url = isObject(told) ? textAt(told, 'url') : undefined
  if (url === undefined) throw new AnswerError(0, [])
  return url
}
