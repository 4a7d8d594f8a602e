/** A code and its system, found by typing any of its names; the direction and the system that is wanted. */
import { useAsk, useLook, useWords } from '@xinglin/kit'
import { AutoComplete, Button, Segmented } from 'antd'
import { type ReactNode, useId, useState } from 'react'
import type { ConceptsAnswer, HoldingsAnswer } from '../../contract.ts'
import { nameOf, shortUrl } from '../names.ts'
import { conceptsPath } from '../system/use-concepts.ts'
import { words } from '../words.ts'
import type { Question } from './use-translations.ts'

type Props = {
  readonly first: Question | undefined
  readonly isRunning: boolean
  readonly onAsk: (question: Question) => void
}
const empty: Question = { system: '', code: '', target: '', isReverse: false }
/** Codes that are offered while somebody types. */
const mostOffered = 20

export function TranslateForm({ first, isRunning, onAsk }: Props) {
  const say = useWords(words)
  const [question, setQuestion] = useState(first ?? empty)
  const set = (part: Partial<Question>) => setQuestion({ ...question, ...part })
  const systems = useSystems()
  const isReady = question.system.trim() !== '' && question.code.trim() !== ''
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady) onAsk(question)
      }}
    >
      <Field label={say('sourceSystem')}>
        {(id) => (
          <Choice id={id} value={question.system} options={systems} onChange={(system) => set({ system })} />
        )}
      </Field>
      <Field label={say('code')}>
        {(id) => (
          <CodeChoice
            id={id}
            system={question.system}
            value={question.code}
            onChange={(code) => set({ code })}
          />
        )}
      </Field>
      <Field label={say('direction')}>
        {() => (
          <Segmented
            value={question.isReverse ? 'backward' : 'forward'}
            options={[
              { value: 'forward', label: say('forward') },
              { value: 'backward', label: say('backward') },
            ]}
            onChange={(next) => set({ isReverse: next === 'backward' })}
          />
        )}
      </Field>
      <Field label={say('targetSystem')}>
        {(id) => (
          <Choice
            id={id}
            value={question.target}
            placeholder={say('anyTarget')}
            options={systems}
            onChange={(target) => set({ target })}
          />
        )}
      </Field>
      <Button type="primary" htmlType="submit" disabled={!isReady} loading={isRunning}>
        {say('translate')}
      </Button>
    </form>
  )
}

type FieldProps = { readonly label: string; readonly children: (id: string) => ReactNode }

function Field({ label, children }: FieldProps) {
  const id = useId()
  return (
    <div className="term-field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  )
}

type Option = { readonly value: string; readonly label: string }
type ChoiceProps = {
  readonly id: string
  readonly value: string
  readonly placeholder?: string
  readonly options: readonly Option[]
  readonly onChange: (value: string) => void
}

/** A url that is known, or any other that is typed. */
function Choice({ id, value, placeholder, options, onChange }: ChoiceProps) {
  const typed = value.trim().toLowerCase()
  return (
    <AutoComplete
      id={id}
      allowClear
      className="term-wide"
      value={value}
      placeholder={placeholder}
      popupMatchSelectWidth={420}
      options={options.filter(({ label }) => label.toLowerCase().includes(typed))}
      onChange={(next: string | undefined) => onChange(next ?? '')}
    />
  )
}

/** Systems that maps go from or to, then those that are held. */
function useSystems(): readonly Option[] {
  const staleAfterMs = 60_000
  const maps = useAsk<HoldingsAnswer>('/api/terminology/concept-maps', { staleAfterMs })
  const systems = useAsk<HoldingsAnswer>('/api/terminology/code-systems', { staleAfterMs })
  const held = systems.state === 'ready' ? systems.data.held : []
  const mapped =
    maps.state === 'ready' ? maps.data.held.flatMap(({ source, target }) => [source, target]) : []
  const titles = new Map(held.map(({ url, title, name }) => [url, title ?? name]))
  const urls = [...mapped, ...held.map(({ url }) => url)].filter((url) => url !== undefined)
  return [...new Set(urls)].map((url) => ({
    value: url,
    label: `${titles.get(url) ?? shortUrl(url)} · ${url}`,
  }))
}

type CodeProps = Omit<ChoiceProps, 'options'> & { readonly system: string }

function CodeChoice({ id, system, value, onChange }: CodeProps) {
  const { language } = useLook()
  const path =
    system !== '' && value !== ''
      ? conceptsPath({ url: system }, { among: 'all', text: value }, 0)
      : undefined
  const answer = useAsk<ConceptsAnswer>(path, { keepsPrevious: true, staleAfterMs: 60_000 })
  // Of a system that is not held no codes can be offered; any can be typed.
  const concepts = path && answer.state === 'ready' ? answer.data.concepts.slice(0, mostOffered) : []
  return (
    <AutoComplete
      id={id}
      allowClear
      className="term-wide"
      value={value}
      popupMatchSelectWidth={420}
      options={concepts.map((each) => ({
        value: each.code,
        label: `${each.code} ${nameOf(each, language)}`,
      }))}
      onChange={(next: string | undefined) => onChange(next ?? '')}
    />
  )
}
