/** What was judged: each issue in a list and below the line that it concerns. */
import {
  CheckCircleOutlined,
  CloseCircleOutlined,
  InfoCircleOutlined,
  WarningOutlined,
} from '@ant-design/icons'
import { type Issue, useLook, useWords } from '@xinglin/kit'
import { type ReactNode, useMemo } from 'react'
import { explorerWords } from '../explorer-words.ts'
import { JsonView } from '../json/json-view.tsx'
import { lineAt, readJson } from '../json/read-json.ts'
import { IssueKind } from './issue-kind.tsx'
import type { Judgement } from './use-verdict.ts'

const looks = {
  fatal: { icon: CloseCircleOutlined, tone: 'x-red', word: 'error' },
  error: { icon: CloseCircleOutlined, tone: 'x-red', word: 'error' },
  warning: { icon: WarningOutlined, tone: 'x-amber', word: 'warning' },
  information: { icon: InfoCircleOutlined, tone: 'x-blue', word: 'information' },
} as const

type Placed = { readonly issue: Issue; readonly line: number | undefined }

export function Judged({ text, issues, tookMs }: Judgement) {
  const say = useWords(explorerWords)
  const placed = useMemo(() => placedIn(text, issues), [text, issues])
  const errors = issues.filter(({ severity }) => severity === 'error' || severity === 'fatal').length
  const warnings = issues.filter(({ severity }) => severity === 'warning').length
  return (
    <div className="rx-scroll">
      <p className={`rx-told ${errors > 0 ? 'x-red' : 'x-green'}`} role="status">
        <strong>
          {errors > 0 ? <CloseCircleOutlined aria-hidden /> : <CheckCircleOutlined aria-hidden />}{' '}
          {errors > 0 ? say('isInvalid', { errors, warnings }) : say('isValid', { warnings })}
        </strong>
        <span className="x-quiet x-number">{say('tookMs', { ms: tookMs.toFixed(0) })}</span>
      </p>
      <ul className="rx-issues" aria-label={say('issues')}>
        {placed.map(({ issue, line }) => (
          <li key={`${issue.at} ${issue.text}`}>
            <OneIssue issue={issue} line={line} />
          </li>
        ))}
      </ul>
      <JsonView text={text} label={say('judgedText')} notes={notesOf(placed)} />
    </div>
  )
}

function placedIn(text: string, issues: readonly Issue[]): readonly Placed[] {
  const read = readJson(text)
  const lines = read.isJson ? read.lines : []
  return issues.map((issue) => ({ issue, line: issue.at ? lineAt(lines, issue.at) : undefined }))
}

function notesOf(placed: readonly Placed[]): ReadonlyMap<number, ReactNode> {
  const byLine = Map.groupBy(
    placed.filter(({ line }) => line !== undefined),
    ({ line }) => line ?? 0,
  )
  return new Map(
    [...byLine].map(([line, all]) => [
      line,
      <div key={line} className="rx-note">
        {all.map(({ issue }) => (
          <OneIssue key={`${issue.at} ${issue.text}`} issue={issue} />
        ))}
      </div>,
    ]),
  )
}

function OneIssue({ issue, line }: { readonly issue: Issue; readonly line?: number | undefined }) {
  const say = useWords(explorerWords)
  const { language } = useLook()
  const exact = language === 'zh' ? issue.texts?.en : undefined
  const { icon: Icon, tone, word } = looks[issue.severity as keyof typeof looks] ?? looks.error
  return (
    <p className={tone}>
      <Icon aria-hidden /> <strong>{say(word)}</strong>{' '}
      {line === undefined ? null : <span className="x-quiet">{say('line', { line: line + 1 })} </span>}
      {issue.at ? <code>{issue.at}</code> : null} <IssueKind code={issue.errorCode} />
      <span>{issue.texts?.[language] ?? issue.text}</span>
      {exact ? (
        <span className="x-quiet" lang="en">
          {' '}
          {exact}
        </span>
      ) : null}
    </p>
  )
}
