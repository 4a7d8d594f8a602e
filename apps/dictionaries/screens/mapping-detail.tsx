/** One entry beside what it may be elsewhere: chosen, proposed, reviewed. */
import { Answered, Facts, FailureText, Side, useAct, useAsk, useWords } from '@xinglin/kit'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import {
  dictionariesPath,
  type Equivalence,
  equivalences,
  type MappingRow,
  type Suggestion,
  type SuggestionsAnswer,
} from '../contract.ts'
import { Field } from './forms.tsx'
import { StateMark } from './mappings.tsx'
import { words } from './words.ts'

type Props = {
  readonly dictionary: string
  readonly target: string
  readonly row: MappingRow
  readonly onClose: () => void
}

export function MappingDetail({ dictionary, target, row, onClose }: Props) {
  const say = useWords(words)
  const { code, display, state, targetCode, targetDisplay, equivalence, by, reviewedBy } = row
  return (
    <Side isWide title={`${code} ${display}`} onClose={onClose}>
      <Facts
        facts={[
          [say('state'), <StateMark key="state" row={row} />],
          targetCode ? [say('mappedTo'), `${targetCode} ${targetDisplay}`] : undefined,
          equivalence ? [say('equivalence'), say(`relation-${equivalence}`)] : undefined,
          by ? [say('by'), say('proposedBy', { who: by })] : undefined,
          reviewedBy ? ['', say('reviewedBy', { who: reviewedBy })] : undefined,
        ]}
      />
      {state === 'proposed' ? (
        <Review dictionary={dictionary} target={target} row={row} onDone={onClose} />
      ) : null}
      {state === 'none' ? (
        <Suggestions dictionary={dictionary} target={target} row={row} onDone={onClose} />
      ) : null}
    </Side>
  )
}

type PartProps = Omit<Props, 'onClose'> & { readonly onDone: () => void }

function Review({ dictionary, target, row: { code, targetCode, isMine }, onDone }: PartProps) {
  const say = useWords(words)
  const act = useAct(
    (isRight: boolean) => ({
      path: `${dictionariesPath}/commands/review-mapping`,
      body: { dictionary, target, code, targetCode, isRight },
    }),
    { refreshes: [dictionariesPath] },
  )
  const judge = async (isRight: boolean) => {
    if ((await act.run(isRight)).isDone) onDone()
  }
  return (
    <>
      {isMine ? <p className="x-quiet">{say('ownProposal')}</p> : null}
      <div className="dict-acts">
        {isMine ? null : (
          <Button type="primary" loading={act.isRunning} onClick={() => void judge(true)}>
            {say('right')}
          </Button>
        )}
        <Button loading={act.isRunning} onClick={() => void judge(false)}>
          {say('wrong')}
        </Button>
      </div>
      {act.error ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
    </>
  )
}

function Suggestions({ dictionary, target, row: { code }, onDone }: PartProps) {
  const say = useWords(words)
  const [typed, setTyped] = useState('')
  const [asked, setAsked] = useState('')
  const [equivalence, setEquivalence] = useState<Equivalence>('equivalent')
  const query = new URLSearchParams({ target, code, words: asked })
  const answer = useAsk<SuggestionsAnswer>(
    `${dictionariesPath}/dictionaries/${encodeURIComponent(dictionary)}/suggestions?${query}`,
    { keepsPrevious: true },
  )
  const act = useAct(
    (targetCode: string) => ({
      path: `${dictionariesPath}/commands/propose-mapping`,
      body: { dictionary, target, code, targetCode, equivalence },
    }),
    { refreshes: [dictionariesPath] },
  )
  const propose = async (targetCode: string) => {
    if ((await act.run(targetCode)).isDone) onDone()
  }
  return (
    <section aria-label={say('suggestions')} className="dict-form">
      <Field label={say('words')}>
        <Input.Search
          value={typed}
          onChange={({ target: input }) => setTyped(input.value)}
          onSearch={setAsked}
        />
      </Field>
      <div className="dict-field">
        <span>{say('equivalence')}</span>
        <Select
          aria-label={say('equivalence')}
          value={equivalence}
          options={equivalences.map((value) => ({ value, label: say(`relation-${value}`) }))}
          onChange={setEquivalence}
        />
      </div>
      {act.error ? (
        <div className="x-red" role="alert">
          <FailureText error={act.error} />
        </div>
      ) : null}
      <h2>{say('suggestions')}</h2>
      <Answered answer={answer}>
        {({ suggestions }) =>
          suggestions.length === 0 ? (
            <p className="x-quiet">{say('noSuggestions')}</p>
          ) : (
            <ul className="dict-suggestions">
              {suggestions.map((suggestion) => (
                <SuggestionLine
                  key={suggestion.code}
                  suggestion={suggestion}
                  isRunning={act.isRunning}
                  onPropose={() => void propose(suggestion.code)}
                />
              ))}
            </ul>
          )
        }
      </Answered>
    </section>
  )
}

type LineProps = {
  readonly suggestion: Suggestion
  readonly isRunning: boolean
  readonly onPropose: () => void
}

function SuggestionLine({ suggestion: { code, display, english, isSame }, isRunning, onPropose }: LineProps) {
  const say = useWords(words)
  return (
    <li data-suggestion={code}>
      <span>
        <strong>{code}</strong> {display} <span className="x-quiet">{english ?? ''}</span>
        {isSame ? <span className="x-quiet"> · ✓ {say('same')}</span> : null}
      </span>
      <Button size="small" loading={isRunning} onClick={onPropose}>
        {say('propose')}
      </Button>
    </li>
  )
}
