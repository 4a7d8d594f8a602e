/** The five states that every screen draws: loading, empty, refused, failed, stale. */
import { DisconnectOutlined, InboxOutlined, LockOutlined, WarningOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import type { AnswerError, Issue } from './api.ts'
import { kitWords } from './kit-words.ts'
import { useLook } from './look.tsx'
import type { Answer } from './use-ask.ts'
import { useTimes } from './use-times.ts'
import { useWords } from './words.ts'

/** Grey lines in the shape of what is coming. */
export function Loading({ rows = 8 }: { readonly rows?: number }) {
  const say = useWords(kitWords)
  const widths = ['62%', '84%', '48%', '71%', '90%', '56%', '78%', '66%']
  return (
    <div className="x-loading" role="status" aria-label={say('loading')}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike and never move.
        <div key={row} className="x-loading-line" style={{ width: widths[row % widths.length] }} />
      ))}
    </div>
  )
}

type MessageProps = {
  readonly icon: ReactNode
  readonly title: ReactNode
  readonly children?: ReactNode
  readonly action?: ReactNode
  readonly tone?: 'red'
}

function Message({ icon, title, children, action, tone }: MessageProps) {
  return (
    <div className={`x-message ${tone ? `x-message-${tone}` : ''}`} role={tone ? 'alert' : 'status'}>
      <span className="x-message-icon" aria-hidden>
        {icon}
      </span>
      <strong>{title}</strong>
      {children ? <div className="x-message-text">{children}</div> : null}
      {action ? <div className="x-message-action">{action}</div> : null}
    </div>
  )
}

/** Nothing is here: `title` says what would be, `children` what to do. */
export function Empty(props: {
  readonly title: ReactNode
  readonly children?: ReactNode
  readonly action?: ReactNode
}) {
  return <Message icon={<InboxOutlined />} {...props} />
}

/** The right is missing: which one, and whom to ask. */
export function Refused({ error }: { readonly error?: AnswerError }) {
  const say = useWords(kitWords)
  return (
    <Message icon={<LockOutlined />} title={say('refusedTitle')}>
      {error?.issues[0] ? <Sentence issue={error.issues[0]} /> : null}
      <p>{say('refusedHelp')}</p>
    </Message>
  )
}

/** What happened and the way to try again; what the user entered is untouched. */
export function Failed({ error, retry }: { readonly error: AnswerError; readonly retry?: () => void }) {
  const say = useWords(kitWords)
  return (
    <Message
      icon={<WarningOutlined />}
      tone="red"
      title={say('failedTitle')}
      action={
        retry ? (
          <Button onClick={retry} size="small">
            {say('retry')}
          </Button>
        ) : null
      }
    >
      <FailureText error={error} />
    </Message>
  )
}

/** One line about a failure, for beside a field or a button. */
export function FailureText({ error }: { readonly error: AnswerError }) {
  const say = useWords(kitWords)
  return (
    <>
      <p>{sentence()}</p>
      {error.issues.map((issue) => (
        <Sentence key={`${issue.at ?? ''}${issue.text}`} issue={issue} />
      ))}
    </>
  )
  function sentence(): string {
    if (error.status === 0) return say('failedOffline')
    if (error.status === 404) return say('failedNotFound')
    if (error.status === 410) return say('failedGone')
    if (error.status === 429) return say('failedBusy')
    return say('failedStatus', { status: error.status })
  }
}

/** The sentence of an issue in the language of the page; in Chinese with what is exact, which the server says in English. */
export function Sentence({ issue }: { readonly issue: Issue }) {
  const { language } = useLook()
  const { text, texts, errorCode } = issue
  const exact = language === 'zh' ? texts?.en : undefined
  return (
    <>
      <p>
        {texts?.[language] ?? text}
        {errorCode ? (
          <code className="x-quiet" title={exact}>
            {' '}
            {errorCode}
          </code>
        ) : null}
      </p>
      {exact && errorCode && isForWriters(errorCode) ? (
        <p className="x-quiet" lang="en">
          {exact}
        </p>
      ) : null}
    </>
  )
}

/** What is said of resources and questions that somebody wrote himself: there the exact words help. */
function isForWriters(errorCode: string): boolean {
  return /^(?:fhir|fhir-api|search|profiles|terminology|graphql|bulk)\./.test(errorCode)
}

/** How old the data is, while the connection is being restored. */
export function Stale({ sinceMs }: { readonly sinceMs: number }) {
  const say = useWords(kitWords)
  const times = useTimes()
  return (
    <div className="x-stale" role="status">
      <DisconnectOutlined aria-hidden />{' '}
      {say('stale', { time: times.moment(new Date(sinceMs).toISOString()) })}
    </div>
  )
}

/** Draws an answer in whatever state it is in; `children` gets the data. */
export function Answered<T>(props: {
  readonly answer: Answer<T>
  readonly loading?: ReactNode
  readonly children: (data: T) => ReactNode
}) {
  const { answer } = props
  switch (answer.state) {
    case 'loading':
      return props.loading ?? <Loading />
    case 'refused':
      return <Refused error={answer.error} />
    case 'failed':
      return <Failed error={answer.error} retry={answer.retry} />
    case 'ready':
      return (
        <>
          {answer.staleBecause ? <Stale sinceMs={answer.asOfMs} /> : null}
          {props.children(answer.data)}
        </>
      )
  }
}
