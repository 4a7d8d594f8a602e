/** Which rules does a document of somebody break? The file is judged and forgotten. */

import { UploadOutlined } from '@ant-design/icons'
import { AnswerError, FailureText, sendFile, useWords } from '@xinglin/kit'
import { useState } from 'react'
import { documentsPath, type ValidationAnswer } from '../contract.ts'
import { FindingList } from './finding-list.tsx'
import { words } from './words.ts'
import './documents.css'

type State =
  | { readonly kind: 'none' | 'running' }
  | { readonly kind: 'judged'; readonly answer: ValidationAnswer }
  | { readonly kind: 'failed'; readonly error: AnswerError }

export function ValidatorScreen() {
  const say = useWords(words)
  const [state, setState] = useState<State>({ kind: 'none' })
  const judge = async (file: File) => {
    setState({ kind: 'running' })
    const sending = {
      type: 'application/xml',
      onProgress: () => undefined,
      signal: new AbortController().signal,
    }
    setState(
      await sendFile(`${documentsPath}/validate`, file, sending).then(
        (text): State => ({ kind: 'judged', answer: JSON.parse(text) as ValidationAnswer }),
        (error: unknown): State => ({
          kind: 'failed',
          error: error instanceof AnswerError ? error : new AnswerError(0, [], { cause: error }),
        }),
      ),
    )
  }
  return (
    <div className="documents-screen documents-validator">
      <label className="documents-upload">
        <UploadOutlined aria-hidden /> {say('upload')}
        <input
          type="file"
          accept=".xml,.ccda,.cda,text/xml,application/xml"
          aria-label={say('upload')}
          disabled={state.kind === 'running'}
          onChange={(event) => {
            const [file] = event.target.files ?? []
            if (file) void judge(file)
            event.target.value = ''
          }}
        />
      </label>
      <p className="x-quiet">{say('validatorHelp')}</p>
      {state.kind === 'failed' ? <FailureText error={state.error} /> : null}
      {state.kind === 'judged' ? (
        <>
          <h2>
            {say('judged', {
              title: state.answer.title || state.answer.code,
              count: state.answer.findings.length,
            })}
          </h2>
          <FindingList findings={state.answer.findings} />
        </>
      ) : null}
    </div>
  )
}
