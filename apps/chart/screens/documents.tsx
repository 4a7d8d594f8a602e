/** Documents: the list on the left, the chosen one to read on the right. */
import { FileTextOutlined, LeftOutlined, PaperClipOutlined } from '@ant-design/icons'
import { Answered, Empty, useAsk, useIsNarrow, useScreen, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import type { DocumentLine, Reading, ReadingPart, TestResult } from '../reading/shapes.ts'
import { Line } from './line.tsx'
import { Narrative } from './narrative.tsx'
import { useRecord } from './record-place.ts'
import { ResultValue } from './result-value.tsx'
import { statusKey } from './status-words.ts'
import { words } from './words.ts'

export function Documents({ documents }: { readonly documents: readonly DocumentLine[] }) {
  const say = useWords(words)
  const isNarrow = useIsNarrow()
  const { search, setSearch } = useScreen()
  const chosen = search.get('document') ?? undefined
  if (documents.length === 0) return <Empty title={say('noDocuments')}>{say('noDocumentsHelp')}</Empty>
  const isReading = chosen !== undefined
  return (
    <div className="chart-documents">
      {isNarrow && isReading ? null : (
        <nav className="chart-document-list" aria-label={say('documents')}>
          {documents.map((document) => (
            <DocumentRow
              key={document.key}
              document={document}
              isChosen={document.key === chosen}
              onOpen={() => setSearch({ document: document.key })}
            />
          ))}
        </nav>
      )}
      {isNarrow && !isReading ? null : (
        <article className="chart-reader">
          {isNarrow ? (
            <Button type="text" icon={<LeftOutlined />} onClick={() => setSearch({ document: undefined })}>
              {say('back')}
            </Button>
          ) : null}
          {chosen ? <Reader of={chosen} /> : <Empty title={say('chooseDocument')} />}
        </article>
      )}
    </div>
  )
}

type RowProps = { readonly document: DocumentLine; readonly isChosen?: boolean; readonly onOpen: () => void }

export function DocumentRow({ document, isChosen, onOpen }: RowProps) {
  const say = useWords(words)
  const times = useTimes()
  const { key, title, author, status, time } = document
  return (
    <div className={isChosen ? 'chart-chosen' : ''}>
      <Line of={key} name={title} onOpen={onOpen}>
        <FileTextOutlined aria-hidden className="x-quiet" />
        <span className="chart-line-main x-cut" title={title}>
          {title}
        </span>
        <span className="x-quiet chart-wide x-cut">{author}</span>
        {statusKey(status) === 'statusFinal' ? null : (
          <span className="x-amber">{say(statusKey(status))}</span>
        )}
        <time className="x-quiet x-number">{times.moment(time)}</time>
      </Line>
    </div>
  )
}

function Reader({ of }: { readonly of: string }) {
  const say = useWords(words)
  const times = useTimes()
  const { pathOf, openSource } = useRecord()
  const answer = useAsk<Reading>(pathOf(`documents/${of}`))
  return (
    <Answered answer={answer}>
      {(reading) => (
        <>
          <h1>{reading.title}</h1>
          <p className="x-quiet">
            {[times.full(reading.time), reading.author, say(statusKey(reading.status))]
              .filter(Boolean)
              .join(' · ')}{' '}
            <button type="button" className="chart-link" onClick={() => openSource(of, reading.title)}>
              {say('source')}
            </button>
          </p>
          {reading.parts.length === 0 ? <p>{say('emptyDocument')}</p> : null}
          {reading.parts.map((part, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a document keep their order.
            <Part key={index} part={part} />
          ))}
        </>
      )}
    </Answered>
  )
}

function Part({ part }: { readonly part: ReadingPart }) {
  const say = useWords(words)
  switch (part.kind) {
    case 'text':
      return (
        <section>
          {part.heading ? <h2>{part.heading}</h2> : null}
          <p className="chart-text">{part.text}</p>
        </section>
      )
    case 'narrative':
      return (
        <section>
          {part.heading ? <h2>{part.heading}</h2> : null}
          <Narrative xhtml={part.xhtml} />
        </section>
      )
    case 'results':
      return <ResultLines results={part.results} />
    case 'attachment':
      return part.contentType.startsWith('image/') ? (
        <img className="chart-attachment" src={part.path} alt={part.title} />
      ) : (
        <p>
          <a href={part.path} target="_blank" rel="noreferrer">
            <PaperClipOutlined aria-hidden /> {part.title} · {say('download')}
          </a>
        </p>
      )
  }
}

function ResultLines({ results }: { readonly results: readonly TestResult[] }) {
  return (
    <table className="chart-results-list">
      <tbody>
        {results.map((result) => (
          <tr key={`${result.key} ${result.test}`}>
            <th scope="row">{result.name}</th>
            <td>
              <ResultValue result={result} name={result.name} />
            </td>
            <td className="x-quiet x-number">{result.reference}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
