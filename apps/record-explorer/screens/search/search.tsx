/** Which resources are there that fit: a builder that writes the query, the query itself, and what it finds. */
import {
  Empty,
  Failed,
  type Issue,
  Loading,
  Refused,
  useAsk,
  useIsNarrow,
  useTitle,
  useWords,
} from '@xinglin/kit'
import { Button, Select } from 'antd'
import { useRef, useState } from 'react'
import type { TypesAnswer } from '../../contract.ts'
import '../explorer.css'
import { explorerWords } from '../explorer-words.ts'
import { SavedBar } from '../saved/saved-bar.tsx'
import { AddressLine } from './address-line.tsx'
import { Builder } from './builder.tsx'
import { type Draft, formOf, isAbout } from './query.ts'
import { Results } from './results.tsx'
import { useDraft } from './use-draft.ts'
import { useParameters } from './use-parameters.ts'
import { useResults } from './use-results.ts'

export function SearchScreen() {
  const say = useWords(explorerWords)
  const [type, setType] = useState('')
  const [answer, defined] = useParameters(type || 'Patient')
  const { draft, setDraft } = useDraft(defined.codes)
  // The definitions follow the draft, which the address may have changed.
  if (type !== draft.type) setType(draft.type)
  const [asked, setAsked] = useState<Draft>()
  const present = asked?.type === draft.type ? asked : undefined
  const results = useResults(present)
  useTitle(`${say('search')} ${draft.type}`)
  const issues = results.error?.issues ?? []
  const found = useRef<HTMLDivElement>(null)
  const run = (wanted: Draft) => {
    setDraft(wanted)
    setAsked(wanted)
    found.current?.scrollIntoView({ block: 'nearest' })
    if (present && present.type === wanted.type && formOf(present) === formOf(wanted)) results.again()
  }
  return (
    <form
      className="rx-search"
      onSubmit={(event) => {
        event.preventDefault()
        run(draft)
      }}
    >
      <div className="rx-builder">
        <div className="rx-field">
          <TypeChoice type={draft.type} onChoose={(next) => setDraft({ type: next, pairs: [] })} />
        </div>
        {answer.state === 'refused' ? <Refused error={answer.error} /> : null}
        {answer.state === 'failed' ? <Failed error={answer.error} retry={answer.retry} /> : null}
        {answer.state === 'loading' ? (
          <Loading rows={3} />
        ) : (
          <Builder draft={draft} defined={defined} issues={issues} onChange={setDraft} />
        )}
      </div>
      <div className="rx-found" ref={found}>
        <AddressLine draft={draft} onChange={setDraft} isRunning={results.isRunning}>
          <SavedBar draft={draft} onRun={run} />
        </AddressLine>
        <Others issues={issues} draft={draft} />
        {present ? (
          <Results asked={present} results={results} />
        ) : (
          <Empty title={say('notAsked')}>{say('notAskedHelp')}</Empty>
        )}
      </div>
    </form>
  )
}

function TypeChoice({
  type,
  onChoose,
}: {
  readonly type: string
  readonly onChoose: (type: string) => void
}) {
  const say = useWords(explorerWords)
  const isNarrow = useIsNarrow()
  const answer = useAsk<TypesAnswer>('/api/record-explorer/types', { staleAfterMs: 10_000 })
  const types = answer.state === 'ready' ? answer.data.types : []
  return (
    <>
      <Select
        className="rx-grow"
        showSearch
        autoFocus={!isNarrow}
        value={type}
        aria-label={say('type')}
        options={types.map((row) => ({ value: row.type, label: `${row.type} (${row.count})` }))}
        onChange={onChoose}
      />
      <Button type="primary" htmlType="submit">
        {say('run')}
      </Button>
    </>
  )
}

/** What the door refused that belongs to no row of the builder. */
function Others({ issues, draft }: { readonly issues: readonly Issue[]; readonly draft: Draft }) {
  const rest = issues.filter(({ at }) => !draft.pairs.some(({ key }) => isAbout(at, key)))
  if (rest.length === 0) return null
  return (
    <div className="rx-refusal x-red" role="alert">
      {rest.map(({ text, errorCode }) => (
        <p key={text}>
          {text} <code className="x-quiet">{errorCode}</code>
        </p>
      ))}
    </div>
  )
}
