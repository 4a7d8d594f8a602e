/** All refused deliveries of a destination sent again or given up, a page at a time, with progress and a way to stop. */
import {
  type AnswerError,
  ask,
  FailureText,
  isAnswer,
  ReasonDialog,
  useMay,
  useRefresh,
  useWords,
} from '@xinglin/kit'
import { Button } from 'antd'
import { useRef, useState } from 'react'
import {
  type ChangedAnswer,
  type DeliveriesAnswer,
  type DeliveriesQuestion,
  interfacePermissions,
} from '../contract.ts'
import { interfaceWords } from './interface-words.ts'

type Props = { readonly question: DeliveriesQuestion; readonly name: string }
type Work = { readonly isRunning: boolean; readonly done: number; readonly error?: AnswerError }

export function BulkActs({ question, name }: Props) {
  const say = useWords(interfaceWords)
  const may = useMay(interfacePermissions.operate)
  const refresh = useRefresh()
  const [isAsking, setAsking] = useState(false)
  const [work, setWork] = useState<Work>()
  const isStopped = useRef(false)
  if (!may) return null

  const run = async (verb: 'retry' | 'drop', reason?: string): Promise<void> => {
    isStopped.current = false
    setAsking(false)
    try {
      setWork({ isRunning: true, done: 0 })
      const done = await settleAll({
        ...{ question, verb, isStopped: () => isStopped.current },
        ...(reason === undefined ? {} : { reason }),
        onProgress: (count) => setWork({ isRunning: true, done: count }),
      })
      setWork({ isRunning: false, done })
    } catch (cause) {
      if (!(cause instanceof Error) || !isAnswer(cause)) throw cause
      setWork((before) => ({ isRunning: false, done: before?.done ?? 0, error: cause }))
    }
    await refresh('/api/integration/')
  }

  return (
    <>
      <Button size="small" disabled={work?.isRunning ?? false} onClick={() => void run('retry')}>
        {say('retryAll')}
      </Button>
      <Button size="small" danger disabled={work?.isRunning ?? false} onClick={() => setAsking(true)}>
        {say('dropAll')}
      </Button>
      {work ? <span role="status">{say('done', { count: work.done })}</span> : null}
      {work?.isRunning ? (
        <Button
          size="small"
          onClick={() => {
            isStopped.current = true
          }}
        >
          {say('stop')}
        </Button>
      ) : null}
      {work?.error ? <FailureText error={work.error} /> : null}
      <ReasonDialog
        isOpen={isAsking}
        title={say('dropAll')}
        act={say('dropAll')}
        onCancel={() => setAsking(false)}
        onAct={(reason) => void run('drop', reason)}
      >
        {say('dropAllHelp', { name })}
      </ReasonDialog>
    </>
  )
}

type All = {
  readonly question: DeliveriesQuestion
  readonly verb: 'retry' | 'drop'
  readonly reason?: string
  readonly isStopped: () => boolean
  readonly onProgress: (count: number) => void
}

/** From the newest to the oldest; what is refused anew while it runs stands before and is left. Answers how many. */
async function settleAll({ question, verb, reason, isStopped, onProgress }: All): Promise<number> {
  let count = 0
  let before: string | undefined
  do {
    const body = before === undefined ? question : { ...question, before }
    const page: DeliveriesAnswer = await ask('/api/integration/deliveries/search', { method: 'POST', body })
    if (page.deliveries.length === 0) return count
    const ids = page.deliveries.map(({ id }) => id)
    const { changed } = await ask<ChangedAnswer>(`/api/integration/deliveries/${verb}`, {
      method: 'POST',
      body: { ids, ...(reason === undefined ? {} : { reason }) },
    })
    count += changed
    onProgress(count)
    before = page.next
  } while (before !== undefined && !isStopped())
  return count
}
