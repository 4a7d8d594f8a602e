/** Making a document: its type, whose, and from which record. */
import { Answered, Empty, FailureText, useAct, useAsk, useLook, useTimes, useWords } from '@xinglin/kit'
import { Button, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import {
  type DocumentType,
  documentsPath,
  type GenerateDocument,
  type GeneratedDocument,
  type SourcesAnswer,
} from '../contract.ts'
import { words } from './words.ts'

type Props = {
  readonly types: readonly DocumentType[]
  /** Gets the id of the document that was made. */
  readonly onClose: (made?: string) => void
}

export function GenerateDialog({ types, onClose }: Props) {
  const say = useWords(words)
  const { language } = useLook()
  const [code, setCode] = useState<string>()
  const [text, setText] = useState('')
  const act = useAct<GenerateDocument, GeneratedDocument>(
    (body) => ({ path: `${documentsPath}/documents`, body }),
    { refreshes: [documentsPath] },
  )
  const make = async (source: string) => {
    if (!code) return
    const ran = await act.run({ code, source })
    if (ran.isDone) onClose(ran.output.id)
  }
  return (
    <Modal open title={say('generate')} footer={null} onCancel={() => onClose()}>
      <div className="documents-form">
        <Select
          aria-label={say('type')}
          placeholder={say('type')}
          {...(code ? { value: code } : {})}
          options={types
            .filter(({ anchor }) => anchor)
            .map((each) => ({ value: each.code, label: `${each.code} ${each.title[language]}` }))}
          onChange={setCode}
        />
        <Input.Search
          disabled={!code}
          placeholder={say('find')}
          aria-label={say('patient')}
          onSearch={(said) => setText(said.trim())}
        />
        {act.error ? <FailureText error={act.error} /> : null}
        {code && text ? (
          <SourceList
            code={code}
            text={text}
            isRunning={act.isRunning}
            onMake={(source) => void make(source)}
          />
        ) : (
          <p className="x-quiet">{say('chooseType')}</p>
        )}
      </div>
    </Modal>
  )
}

type ListProps = {
  readonly code: string
  readonly text: string
  readonly isRunning: boolean
  readonly onMake: (source: string) => void
}

function SourceList({ code, text, isRunning, onMake }: ListProps) {
  const say = useWords(words)
  const times = useTimes()
  const answer = useAsk<SourcesAnswer>(`${documentsPath}/sources`, { body: { code, text } })
  return (
    <Answered answer={answer}>
      {({ sources }) =>
        sources.length === 0 ? (
          <Empty title={say('noSources')} />
        ) : (
          <ul className="documents-sources">
            {sources.map(({ id, title, date, patientName }) => (
              <li key={id}>
                <span>
                  <strong>{patientName}</strong> {title} <span className="x-quiet">{times.moment(date)}</span>
                </span>
                <Button size="small" type="primary" loading={isRunning} onClick={() => onMake(id)}>
                  {say('make')}
                </Button>
              </li>
            ))}
          </ul>
        )
      }
    </Answered>
  )
}
