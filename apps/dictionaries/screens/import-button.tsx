/** A file of entries, sent with its progress; what it changed, or which line refused it. */
import { UploadOutlined } from '@ant-design/icons'
import { AnswerError, FailureText, sendFile, useRefresh, useWords } from '@xinglin/kit'
import { Button, Upload } from 'antd'
import { useState } from 'react'
import { dictionariesPath, type ImportedAnswer } from '../contract.ts'
import type { PartProps } from './dictionary.tsx'
import { words } from './words.ts'

type Sent = { readonly percent: number } | { readonly done: ImportedAnswer } | { readonly error: AnswerError }

export function ImportButton({ dictionary }: PartProps) {
  const say = useWords(words)
  const refresh = useRefresh()
  const [sent, setSent] = useState<Sent>()
  const isSending = sent !== undefined && 'percent' in sent
  const send = async (file: Blob) => {
    const path = `${dictionariesPath}/dictionaries/${encodeURIComponent(dictionary.key)}/entries.csv`
    const onProgress = (percent: number) => setSent({ percent })
    onProgress(0)
    try {
      const answer = await sendFile(path, file, {
        type: 'text/csv',
        onProgress,
        signal: new AbortController().signal,
      })
      setSent({ done: JSON.parse(answer) })
      await refresh(dictionariesPath)
    } catch (error) {
      setSent({ error: error instanceof AnswerError ? error : new AnswerError(0, [], { cause: error }) })
    }
  }
  return (
    <>
      <Upload
        accept=".csv,.txt"
        showUploadList={false}
        disabled={isSending}
        beforeUpload={(file) => {
          void send(file)
          return false
        }}
      >
        <Button icon={<UploadOutlined />} loading={isSending}>
          {isSending ? `${sent.percent}%` : say('import')}
        </Button>
      </Upload>
      {sent && 'done' in sent ? <span role="status">{say('imported', sent.done)}</span> : null}
      {sent && 'error' in sent ? (
        <div className="x-red" role="alert">
          <FailureText error={sent.error} />
        </div>
      ) : null}
    </>
  )
}
