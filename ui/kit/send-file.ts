/** Sends a file as the body of a POST and tells how much of it has gone; `fetch` does not tell that. */
import { AnswerError, issuesOf, pageLanguage } from './api.ts'

export type Sending = {
  /** Media type of the body. */
  readonly type: string
  /** From 0 to 100. */
  readonly onProgress: (percent: number) => void
  /** Stops it; the promise is then refused like that of a broken connection. */
  readonly signal: AbortSignal
}

/** The text of the answer; throws `AnswerError`. */
export function sendFile(path: string, file: Blob, { type, onProgress, signal }: Sending): Promise<string> {
  return new Promise((settle, refuse) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    request.open('POST', path)
    request.setRequestHeader('content-type', type)
    request.setRequestHeader('accept', 'application/json')
    request.setRequestHeader('accept-language', pageLanguage())
    request.setRequestHeader('x-xinglin', '1')
    request.upload.onprogress = ({ loaded, total }) =>
      onProgress(total === 0 ? 0 : Math.floor((100 * loaded) / total))
    request.onload = () => {
      const { status, responseText } = request
      if (status >= 200 && status < 300) settle(responseText)
      else refuse(new AnswerError(status, issuesOf(responseText)))
    }
    request.onerror = () => refuse(new AnswerError(0, []))
    request.onabort = () => refuse(new AnswerError(0, []))
    request.onloadend = () => signal.removeEventListener('abort', stop)
    signal.addEventListener('abort', stop)
    request.send(file)
  })
}
