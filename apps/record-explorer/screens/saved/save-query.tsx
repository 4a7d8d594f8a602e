/** Keeps the query that is being written under a name. */
import { FailureText, useAct, useAsk, useWords } from '@xinglin/kit'
import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import type { SavedQueriesAnswer } from '../../contract.ts'
import { type Draft, formOf, queryText } from '../search/query.ts'
import { queriesPath } from './saved-queries.tsx'
import { savedWords } from './saved-words.ts'

type Props = { readonly isOpen: boolean; readonly draft: Draft; readonly onClose: () => void }

export function SaveQuery({ isOpen, draft, onClose }: Props) {
  const say = useWords(savedWords)
  const [name, setName] = useState('')
  const answer = useAsk<SavedQueriesAnswer>(isOpen ? queriesPath : undefined)
  const isTaken = answer.state === 'ready' && answer.data.queries.some((each) => each.name === name.trim())
  const act = useAct(
    (input: { readonly name: string; readonly type: string; readonly query: string }) => ({
      path: '/api/record-explorer/commands/save-query',
      body: input,
    }),
    { refreshes: [queriesPath] },
  )
  const save = async () => {
    if (name.trim() === '') return
    const { isDone } = await act.run({ name, type: draft.type, query: formOf(draft) })
    if (!isDone) return
    setName('')
    onClose()
  }
  return (
    <Modal
      open={isOpen}
      title={say('save')}
      onCancel={onClose}
      destroyOnHidden
      footer={[
        <Button key="cancel" onClick={onClose}>
          {say('cancel')}
        </Button>,
        <Button
          key="keep"
          type="primary"
          disabled={name.trim() === ''}
          loading={act.isRunning}
          onClick={() => void save()}
        >
          {say('keep')}
        </Button>,
      ]}
    >
      <p>
        <code className="rx-query">{decodeURIComponent(queryText(draft))}</code>
      </p>
      <Input
        autoFocus
        value={name}
        maxLength={80}
        placeholder={say('nameHint')}
        aria-label={say('name')}
        onChange={({ target }) => setName(target.value)}
        onPressEnter={() => void save()}
      />
      {isTaken ? (
        <p className="x-amber" role="status">
          {say('replaces')}
        </p>
      ) : null}
      {act.error ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
    </Modal>
  )
}
