/** What waits for a second person, and who the administrators are? */
import {
  Empty,
  Failed,
  FailureText,
  Loading,
  type Say,
  useAct,
  useAskPages,
  useMay,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import {
  approvalsPermissions,
  type ProposalRow,
  type ProposalsAnswer,
  type ProposedChange,
} from '../contract.ts'
import { Administrators } from './administrators.tsx'
import { RefuseDialog } from './refuse-dialog.tsx'
import { type ApprovalsWord, words } from './words.ts'
import './approvals.css'

export const proposalsPath = '/api/approvals/proposals'

export function ApprovalsScreen() {
  const say = useWords(words)
  const [state, setState] = useState<'waiting' | 'all'>('waiting')
  const { answer, more, isLoadingMore } = useAskPages<ProposalsAnswer>(
    state === 'waiting' ? `${proposalsPath}?state=waiting` : proposalsPath,
    'before',
  )
  return (
    <div className="approvals-page">
      <Administrators />
      <Segmented
        value={state}
        options={[
          { value: 'waiting', label: say('waiting') },
          { value: 'all', label: say('all') },
        ]}
        onChange={setState}
      />
      {answer.state === 'loading' ? <Loading rows={4} /> : null}
      {answer.state === 'failed' ? <Failed error={answer.error} /> : null}
      {answer.state === 'ready' ? (
        <>
          {answer.data.every(({ proposals }) => proposals.length === 0) ? (
            <Empty title={say(state === 'waiting' ? 'noneWaiting' : 'none')} />
          ) : null}
          {answer.data.flatMap(({ proposals }) =>
            proposals.map((proposal) => <Proposal key={proposal.id} proposal={proposal} />),
          )}
          {more ? (
            <Button loading={isLoadingMore} onClick={more}>
              {say('older')}
            </Button>
          ) : null}
        </>
      ) : null}
    </div>
  )
}

function Proposal({ proposal }: { readonly proposal: ProposalRow }) {
  const say = useWords(words)
  const times = useTimes()
  const { kind, subject, changes, reason, state, askedBy, askedAt, ends, decidedBy, decidedAt, why } =
    proposal
  return (
    <article className="approvals-proposal" data-proposal={proposal.id}>
      <h2>
        {wordOf(`kind-${kind.replaceAll('.', '-')}`, kind, say)} · {subject}
        {state === 'waiting' ? null : <span className="x-quiet"> · {say(`state-${state}`)}</span>}
      </h2>
      {changes.length > 0 ? <Changes changes={changes} /> : null}
      <p>
        {say('reason')}: {reason}
      </p>
      <p className="x-quiet">
        {say('askedBy', { who: askedBy, at: times.full(askedAt) })}
        {state === 'waiting' ? ` · ${say('ends', { at: times.full(ends) })}` : ''}
      </p>
      {decidedBy && decidedAt ? (
        <p className="x-quiet">
          {say('decidedBy', { who: decidedBy, at: times.full(decidedAt) })}
          {why ? ` · ${why}` : ''}
        </p>
      ) : null}
      {state === 'waiting' ? <Deciding proposal={proposal} /> : null}
    </article>
  )
}

function Changes({ changes }: { readonly changes: readonly ProposedChange[] }) {
  const say = useWords(words)
  const shown = (text: string | undefined) => text ?? <span className="x-quiet">{say('nothing')}</span>
  return (
    <table className="approvals-changes">
      <thead>
        <tr>
          <th>{say('what')}</th>
          <th>{say('before')}</th>
          <th>{say('after')}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ what, before, after }) => (
          <tr key={what}>
            <td>{wordOf(`what-${what.replace('.', '-')}`, what, say)}</td>
            <td>{shown(before)}</td>
            <td>{shown(after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The word of a key that is put together; what has none stands by its name. */
function wordOf(key: string, name: string, say: Say<ApprovalsWord>): string {
  return isWord(key) ? say(key) : name
}

function isWord(key: string): key is ApprovalsWord {
  return Object.hasOwn(words.zh, key)
}

function Deciding({ proposal }: { readonly proposal: ProposalRow }) {
  const say = useWords(words)
  const mayDecide = useMay(approvalsPermissions.decide)
  const [isRefusing, setRefusing] = useState(false)
  const path = `${proposalsPath}/${proposal.id}`
  const refreshes = [proposalsPath, '/api/approvals/administrators']
  const approve = useAct<void>(() => ({ path: `${path}/approve` }), { refreshes })
  const withdraw = useAct<void>(() => ({ path: `${path}/withdraw` }), { refreshes })
  const error = approve.error ?? withdraw.error
  const isMine = mayDecide && proposal.isYours
  return (
    <>
      {isMine ? null : <p className="x-quiet">{say(proposal.isOwn ? 'ownWaits' : 'othersWait')}</p>}
      <p className="approvals-acts">
        {isMine ? (
          <>
            <Button type="primary" loading={approve.isRunning} onClick={() => void approve.run()}>
              {say('approve')}
            </Button>
            <Button onClick={() => setRefusing(true)}>{say('refuse')}</Button>
          </>
        ) : null}
        {proposal.isOwn ? (
          <Button loading={withdraw.isRunning} onClick={() => void withdraw.run()}>
            {say('withdraw')}
          </Button>
        ) : null}
      </p>
      {error ? (
        <div className="x-red" role="alert">
          <FailureText error={error} />
        </div>
      ) : null}
      {isRefusing ? <RefuseDialog path={`${path}/refuse`} onClose={() => setRefusing(false)} /> : null}
    </>
  )
}
