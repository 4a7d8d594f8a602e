/** One document as a reader sees it, its versions, and which rules it breaks; printed with the name of who printed it. */
import { Answered, Facts, Side, useAsk, useMe, useTimes, useWords } from '@xinglin/kit'
import { Button, Tabs } from 'antd'
import { type DocumentAnswer, documentsPath, type ReadableDocument } from '../contract.ts'
import { FindingList } from './finding-list.tsx'
import { Narrative } from './narrative.tsx'
import { words } from './words.ts'

type Props = { readonly id: string; readonly onClose: () => void }

export function DocumentReading({ id, onClose }: Props) {
  const say = useWords(words)
  const answer = useAsk<DocumentAnswer>(`${documentsPath}/documents/${encodeURIComponent(id)}`)
  return (
    <Side title={answer.state === 'ready' ? answer.data.line.title : say('title')} isWide onClose={onClose}>
      <Answered answer={answer}>{(data) => <Read data={data} />}</Answered>
    </Side>
  )
}

function Read({ data }: { readonly data: DocumentAnswer }) {
  const say = useWords(words)
  const { line, readable, findings } = data
  return (
    <>
      <div className="documents-tools documents-acts">
        {line.isCda ? (
          <Button href={`${documentsPath}/documents/${encodeURIComponent(line.id)}/xml`}>{say('xml')}</Button>
        ) : null}
        {readable ? <Button onClick={() => window.print()}>{say('print')}</Button> : null}
      </div>
      <Tabs
        items={[
          {
            key: 'read',
            label: say('title'),
            children: readable ? <Page document={readable} /> : <p>{say('notCda')}</p>,
          },
          { key: 'versions', label: say('versions'), children: <Versions data={data} /> },
          ...(readable
            ? [
                {
                  key: 'findings',
                  label: `${say('findings')} ${findings.length}`,
                  children: <FindingList findings={findings} />,
                },
              ]
            : []),
        ]}
      />
    </>
  )
}

function Page({ document }: { readonly document: ReadableDocument }) {
  const say = useWords(words)
  const times = useTimes()
  const { patient, sections, otherBody } = document
  return (
    <article className="documents-page" data-document-page>
      <PrintMark />
      <h1>{document.title}</h1>
      <Facts
        facts={[
          [say('patient'), patient.name],
          [say('numbers'), patient.ids.join('，')],
          [say('gender'), patient.gender],
          [say('birthDate'), patient.birthDate],
          [say('date'), times.full(document.effectiveTime)],
          [say('author'), document.authors.join('，')],
          [say('custodian'), document.custodian],
          document.signers.length > 0 ? [say('signers'), document.signers.join('，')] : undefined,
          [say('documentId'), document.id],
        ]}
      />
      {otherBody ? <p>{say('otherBody', { type: otherBody })}</p> : null}
      {sections.map(({ title, level, parts }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: sections have no name of their own and never move.
        <section key={index}>
          {level <= 2 ? <h2>{title}</h2> : <h3>{title}</h3>}
          <Narrative parts={parts} />
        </section>
      ))}
    </article>
  )
}

/** On paper: who printed it, and when. */
function PrintMark() {
  const say = useWords(words)
  const me = useMe()
  const times = useTimes()
  const mark = say('by', { who: me?.display ?? '', when: times.full(new Date().toISOString()) })
  return (
    <div className="documents-mark" aria-hidden>
      {Array.from({ length: 40 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: all alike.
        <span key={index}>{mark}</span>
      ))}
    </div>
  )
}

function Versions({ data }: { readonly data: DocumentAnswer }) {
  const say = useWords(words)
  const times = useTimes()
  const rows = data.versions.length > 0 ? data.versions : [data.line]
  return (
    <ul className="documents-versions">
      {rows.map(({ id, versionNumber, date, status }) => (
        <li key={id}>
          <a
            href={`/documents?document=${encodeURIComponent(id)}`}
            aria-current={id === data.line.id ? 'true' : undefined}
          >
            {say('version')} {versionNumber ?? 1}
          </a>{' '}
          {times.moment(date)} {status === 'current' ? say('current') : say('superseded')}
        </li>
      ))}
    </ul>
  )
}
