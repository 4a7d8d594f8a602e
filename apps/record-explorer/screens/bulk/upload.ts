/** Sends a file to be imported (`POST /fhir/R4/bulk/files`) and tells how much of it has gone; `fetch` does not tell that. */
import { AnswerError, issuesOf } from '@xinglin/kit'
import { door } from '../fhir/door.ts'
import { isObject, parsed, textAt } from '../fhir/json.ts'

export type Sending = {
  readonly onProgress: (percent: number) => void
  readonly signal: AbortSignal
}

/** The address under which an import may name it; throws `AnswerError`, also where it was stopped. */
export function sendFile(file: Blob, { onProgress, signal }: Sending): Promise<string> {
  return new Promise((settle, refuse) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    request.open('POST', `${door}/bulk/files`)
    request.setRequestHeader('content-type', 'application/fhir+ndjson')
    request.setRequestHeader('accept', 'application/json')
    request.setRequestHeader('x-xinglin', '1')
    request.upload.onprogress = ({ loaded, total }) =>
      onProgress(total === 0 ? 0 : Math.floor((100 * loaded) / total))
    request.onload = () => {
      const told = parsed(request.responseText)
      const url = isObject(told) ? textAt(told, 'url') : undefined
      if (request.status === 201 && url !== undefined) settle(url)
      else refuse(new AnswerError(request.status, issuesOf(request.responseText)))
    }
    request.onerror = () => refuse(new AnswerError(0, []))
    request.onabort = () => refuse(new AnswerError(0, []))
    request.onloadend = () => signal.removeEventListener('abort', stop)
    signal.addEventListener('abort', stop)
    request.send(file)
  })
}
