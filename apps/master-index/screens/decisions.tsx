/** What a person decides of a pair, by button or by key; a decided pair leaves the list and the next one comes. */
import { type AnswerError, useAct, useMay, useMe, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import { type DecidePair, type PairAnswer, masterIndexPermissions as permissions } from '../contract.ts'
import type { ComparisonProps } from './comparison.tsx'
import { MergeDialog } from './merge-dialog.tsx'
import { Failure, KeyMark } from './parts.tsx'
import { PutOffDialog } from './put-off-dialog.tsx'
import { useKeys } from './use-keys.ts'
import { words } from './words.ts'

const refreshes = ['/api/master-index'] as const
const commands = '/api/master-index/commands'

type Props = ComparisonProps & { readonly pair: PairAnswer }

export function Decisions(props: Props) {
  const { one, other, pair, onNext, onPrevious, onDone } = props
  const [dialog, setDialog] = useState<'merge' | 'later'>()
  const decide = useAct(
    (decision: Pick<DecidePair, 'decision' | 'note' | 'until'>) => ({
      path: `${commands}/decide-pair`,
      body: { one, other, ...decision },
    }),
    { refreshes },
  )
  const assign = useAct(
    (isMine: boolean) => ({
      path: `${commands}/assign-pair`,
      body: { one, other, isMine },
    }),
    { refreshes },
  )
  const acts = useActsOf(pair)
  const settle = async (decision: Pick<DecidePair, 'decision' | 'note' | 'until'>) => {
    const { isDone } = await decide.run(decision)
    if (!isDone) return
    setDialog(undefined)
    if (decision.decision !== 'open') onDone()
  }
  const isFree = dialog === undefined && !decide.isRunning
  useKeys(
    {
      j: onNext,
      k: onPrevious,
      s: acts.mayMerge ? () => setDialog('merge') : undefined,
      d: acts.mayJudge ? () => void settle({ decision: 'different' }) : undefined,
      l: acts.mayJudge ? () => setDialog('later') : undefined,
      t: acts.mayJudge ? () => void assign.run(!acts.isMine) : undefined,
    },
    isFree,
  )
  return (
    <footer className="mi-decisions">
      <Failure error={failureOf(decide.error, assign.error)} />
      <div>
        {acts.mayMerge ? (
          <Button type="primary" onClick={() => setDialog('merge')}>
            <Words word="sameAct" mark="S" />
          </Button>
        ) : null}
        {acts.mayJudge ? (
          <>
            <Button loading={decide.isRunning} onClick={() => void settle({ decision: 'different' })}>
              <Words word="differentAct" mark="D" />
            </Button>
            <Button onClick={() => setDialog('later')}>
              <Words word="laterAct" mark="L" />
            </Button>
            <Button type="text" loading={assign.isRunning} onClick={() => void assign.run(!acts.isMine)}>
              <Words word={acts.isMine ? 'takeOff' : 'takeOn'} mark="T" />
            </Button>
          </>
        ) : null}
        {acts.mayReopen ? (
          <Button loading={decide.isRunning} onClick={() => void settle({ decision: 'open' })}>
            <Words word="reopen" />
          </Button>
        ) : null}
        <span className="mi-end">
          <Button disabled={!onPrevious} onClick={onPrevious}>
            <Words word="previous" mark="K" />
          </Button>
          <Button disabled={!onNext} onClick={onNext}>
            <Words word="next" mark="J" />
          </Button>
        </span>
      </div>
      {dialog === 'merge' ? (
        <MergeDialog pair={pair} onDone={onDone} onClose={() => setDialog(undefined)} />
      ) : null}
      {dialog === 'later' ? (
        <PutOffDialog
          isRunning={decide.isRunning}
          error={decide.error}
          onPutOff={(until, note) =>
            void settle({ decision: 'later', ...(until ? { until } : {}), ...(note ? { note } : {}) })
          }
          onClose={() => setDialog(undefined)}
        />
      ) : null}
    </footer>
  )
}

function failureOf(...errors: readonly (AnswerError | undefined)[]): AnswerError | undefined {
  return errors.find((error) => error !== undefined)
}

/** What of all this the one who looks may do now. */
function useActsOf({ one, other, row }: PairAnswer) {
  const me = useMe()
  const [mayDecide, mayMerge] = [useMay(permissions.decide), useMay(permissions.merge)]
  const isApart = !one.replacedBy && !other.replacedBy
  const state = row?.state
  return {
    mayMerge: mayMerge && isApart,
    mayJudge: mayDecide && isApart && (state === 'open' || state === 'later'),
    mayReopen: mayDecide && isApart && (state === 'different' || state === 'linked'),
    isMine: row?.assignee !== undefined && row.assignee.display === me?.display,
  }
}

type ActWord = 'sameAct' | 'differentAct' | 'laterAct' | 'takeOn' | 'takeOff' | 'reopen' | 'previous' | 'next'

function Words({ word, mark }: { readonly word: ActWord; readonly mark?: string }) {
  const say = useWords(words)
  return (
    <>
      {say(word)}
      {mark ? <KeyMark>{mark}</KeyMark> : null}
    </>
  )
}
