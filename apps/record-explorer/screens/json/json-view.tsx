/** JSON in colours with numbered lines that fold; lines may be marked with what is said of them. */
import { useWords } from '@xinglin/kit'
import { Fragment, type ReactNode, useMemo, useState } from 'react'
import { explorerWords } from '../explorer-words.ts'
import { type Line, readJson } from './read-json.ts'

type Props = {
  readonly text: string
  readonly label: string
  /** What is drawn below a line, by its number from 0. */
  readonly notes?: ReadonlyMap<number, ReactNode>
}

export function JsonView({ text, label, notes }: Props) {
  const read = useMemo(() => readJson(text), [text])
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set())
  const turn = (at: number) =>
    setFolded((present) => {
      const next = new Set(present)
      if (!next.delete(at)) next.add(at)
      return next
    })
  if (!read.isJson) return <pre className="rx-json">{text}</pre>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reached by the keyboard (WCAG 2.1.1).
    <section className="rx-json" tabIndex={0} aria-label={label}>
      {shown(read.lines, folded).map((at) => {
        const line = read.lines[at]
        return line ? (
          <Fragment key={at}>
            <JsonLine
              line={line}
              at={at}
              isFolded={folded.has(at)}
              onTurn={() => turn(at)}
              isNoted={notes?.has(at) ?? false}
            />
            {notes?.get(at)}
          </Fragment>
        ) : null
      })}
    </section>
  )
}

function shown(lines: readonly Line[], folded: ReadonlySet<number>): readonly number[] {
  const numbers: number[] = []
  for (let at = 0; at < lines.length; at++) {
    numbers.push(at)
    const closesAt = lines[at]?.closesAt
    if (folded.has(at) && closesAt !== undefined) at = closesAt
  }
  return numbers
}

type LineProps = {
  readonly line: Line
  readonly at: number
  readonly isFolded: boolean
  readonly isNoted: boolean
  readonly onTurn: () => void
}

function JsonLine({ line, at, isFolded, isNoted, onTurn }: LineProps) {
  const say = useWords(explorerWords)
  const canFold = line.closesAt !== undefined && line.indent > 0
  return (
    <div className={`rx-line ${isNoted ? 'rx-line-noted' : ''}`}>
      <span className="rx-number x-quiet">{at + 1}</span>
      {canFold ? (
        <button
          type="button"
          className="rx-fold"
          aria-expanded={!isFolded}
          aria-label={say(isFolded ? 'unfold' : 'fold', { line: at + 1 })}
          onClick={onTurn}
        >
          {isFolded ? '▸' : '▾'}
        </button>
      ) : (
        <span className="rx-fold" />
      )}
      <code style={{ paddingLeft: `${line.indent * 14}px` }}>
        {line.tokens.map(({ kind, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the tokens of a line never move.
          <span key={index} className={`rx-${kind}`}>
            {text}
          </span>
        ))}
        {isFolded ? <span className="x-quiet"> … </span> : null}
      </code>
    </div>
  )
}
