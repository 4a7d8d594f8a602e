/** Reports, documents and images of my record; a paper opens to be read. */
import { ownChartPath, type Reading, type ReadingPart, type RecordAnswer } from '@xinglin/chart/contract'
import { Answered, useAsk, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import { words } from '../words.ts'
import { Entry, Part } from './summary-page.tsx'

export function PapersPage({ patient }: { readonly patient: string }) {
  const say = useWords(words)
  const times = useTimes()
  const answer = useAsk<RecordAnswer>(ownChartPath(patient, 'record'))
  const [opened, setOpened] = useState<string>()
  return (
    <Answered answer={answer}>
      {({ documents, studies }) => (
        <>
          <Part title={say('documents')} none={say('noDocuments')}>
            {documents.map(({ key, title, time, author }) => (
              <Entry
                key={key}
                title={
                  <Button
                    type="link"
                    className="my-record-link"
                    aria-expanded={opened === key}
                    onClick={() => setOpened(opened === key ? undefined : key)}
                  >
                    {title}
                  </Button>
                }
                details={[times.moment(time), author]}
              >
                {opened === key ? <Paper patient={patient} document={key} /> : null}
              </Entry>
            ))}
          </Part>
          <Part title={say('images')} none={say('noImages')}>
            {studies.map(({ key, description, modalities, time, instanceCount }) => (
              <Entry
                key={key}
                title={description}
                details={[
                  modalities.join(', '),
                  times.moment(time),
                  say('pictures', { count: instanceCount }),
                ]}
              />
            ))}
          </Part>
          <p className="x-quiet">{say('withheldHelp')}</p>
        </>
      )}
    </Answered>
  )
}

function Paper({ patient, document }: { readonly patient: string; readonly document: string }) {
  const answer = useAsk<Reading>(ownChartPath(patient, `documents/${document}`))
  return (
    <Answered answer={answer}>
      {({ parts }) => (
        <div className="my-record-paper">
          {parts.map((part, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a paper stand in its order and never move.
            <PaperPart key={place} part={part} />
          ))}
        </div>
      )}
    </Answered>
  )
}

function PaperPart({ part }: { readonly part: ReadingPart }) {
  const say = useWords(words)
  switch (part.kind) {
    case 'text':
      return <Told heading={part.heading} text={part.text} />
    case 'narrative':
      return <Told heading={part.heading} text={plainText(part.xhtml)} />
    case 'results':
      return (
        <ul>
          {part.results.map(({ key, name, value, unit, reference }) => (
            <li key={key}>
              {name} {value} {unit}
              {reference ? <span className="x-quiet"> {say('range', { range: reference })}</span> : null}
            </li>
          ))}
        </ul>
      )
    case 'attachment':
      return <p>{say('attachment', { title: part.title })}</p>
  }
}

function Told({ heading, text }: { readonly heading: string | undefined; readonly text: string }) {
  return (
    <>
      {heading ? <h3>{heading}</h3> : null}
      <p className="my-record-told">{text}</p>
    </>
  )
}

/** The words of a narrative; nothing of its markup is drawn. */
function plainText(xhtml: string): string {
  return new DOMParser().parseFromString(xhtml, 'text/html').body.textContent ?? ''
}
