/** The raw text of a message: an HL7 segment a line with its name set off, the refused field marked. */
import { useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { Fragment, type ReactNode } from 'react'
import type { MessageAnswer } from '../contract.ts'
import { integrationWords } from './integration-words.ts'

export function RawText({ message }: { readonly message: MessageAnswer }) {
  const say = useWords(integrationWords)
  const { raw } = message
  if (raw.kind === 'masked') return <p className="x-quiet">{say('rawMasked')}</p>
  return (
    <>
      {raw.kind === 'hexadecimal' ? <p className="x-amber">{say('hexadecimal')}</p> : null}
      {raw.isCut ? <p className="x-quiet">{say('rawCut')}</p> : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reached by the keyboard (WCAG 2.1.1). */}
      <section className="i-raw" tabIndex={0} aria-label={say('raw')}>
        {message.door === 'hl7v2' && raw.kind === 'text' ? <Segments message={message} /> : raw.content}
      </section>
      <Button size="small" onClick={() => void navigator.clipboard.writeText(raw.content)}>
        {say('copy')}
      </Button>
    </>
  )
}

type Line = { readonly startOffset: number; readonly endOffset: number }

function Segments({ message: { raw, marked } }: { readonly message: MessageAnswer }) {
  return linesOf(raw.content).map((line) => (
    <Fragment key={line.startOffset}>
      <Segment text={raw.content} line={line} marked={marked} />
      {'\n'}
    </Fragment>
  ))
}

function linesOf(text: string): readonly Line[] {
  return [...text.matchAll(/[^\r\n]+/g)].map((match) => ({
    startOffset: match.index,
    endOffset: match.index + match[0].length,
  }))
}

type SegmentProps = { readonly text: string; readonly line: Line; readonly marked: MessageAnswer['marked'] }

function Segment({ text, line, marked }: SegmentProps): ReactNode {
  const nameEnd = Math.min(line.startOffset + 3, line.endOffset)
  const name = <b className="i-segment">{text.slice(line.startOffset, nameEnd)}</b>
  const isMarked = marked && marked.startOffset >= line.startOffset && marked.endOffset <= line.endOffset
  if (!isMarked) {
    return (
      <>
        {name}
        {text.slice(nameEnd, line.endOffset)}
      </>
    )
  }
  const start = Math.max(marked.startOffset, nameEnd)
  const end = Math.max(marked.endOffset, start)
  return (
    <>
      {name}
      {text.slice(nameEnd, start)}
      <mark className="i-mark-field">{text.slice(start, end) || '▲'}</mark>
      {text.slice(end, line.endOffset)}
    </>
  )
}
