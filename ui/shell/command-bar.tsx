/** The command bar on `/` or Ctrl-K: patients, screens, acts, by typing. */
import { SearchOutlined } from '@ant-design/icons'
import { useQueries } from '@tanstack/react-query'
import { nextRow, useLook, useWords } from '@xinglin/kit'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { actWords, type Choice, choicesOf } from './choices.ts'
import type { Rooms } from './rooms.ts'
import { shellWords } from './shell-words.ts'

type Props = {
  readonly isOpen: boolean
  readonly setOpen: (isOpen: boolean) => void
  readonly rooms: Rooms
  readonly onOpen: (address: string) => void
  readonly onSignOut: () => Promise<void>
}

export function CommandBar(props: Props) {
  const { isOpen, setOpen } = props
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const isChord = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k'
      const isSlash = event.key === '/' && !isTyping(event.target)
      if (!isChord && !isSlash) return
      event.preventDefault()
      setOpen(true)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [setOpen])
  return isOpen ? <OpenBar {...props} /> : null
}

function OpenBar({ setOpen, rooms, onOpen, onSignOut }: Props) {
  const say = useWords(shellWords)
  const dialog = useRef<HTMLDialogElement>(null)
  const [text, setText] = useState('')
  const [index, setIndex] = useState(0)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  const choices = useChoices(text.trim(), rooms, onSignOut)
  const choose = (choice: Choice | undefined) => {
    if (!choice) return
    setOpen(false)
    if (choice.address !== undefined) onOpen(choice.address)
    else choice.act?.()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') return choose(choices[index])
    if (!event.key.startsWith('Arrow') && !event.key.startsWith('Page')) return
    const next = nextRow(event.key, { selectedIndex: index, count: choices.length, pageRows: 8 })
    if (next === undefined) return
    event.preventDefault()
    setIndex(next)
  }
  return (
    <dialog
      ref={dialog}
      className="s-command"
      aria-label={say('search')}
      onClose={() => setOpen(false)}
      onPointerDown={(event) => event.target === dialog.current && setOpen(false)}
    >
      <div className="s-command-line">
        <SearchOutlined aria-hidden />
        <input
          role="combobox"
          aria-expanded
          aria-controls="s-choices"
          aria-activedescendant={choices[index] ? `s-choice-${index}` : undefined}
          aria-label={say('search')}
          placeholder={say('searchHelp')}
          value={text}
          onKeyDown={onKeyDown}
          onChange={(event) => {
            setText(event.target.value)
            setIndex(0)
          }}
        />
      </div>
      <ChoiceList choices={choices} index={index} onChoose={choose} />
      {choices.length === 0 ? <p className="s-command-none">{say('noHits', { text })}</p> : null}
    </dialog>
  )
}

type ListProps = {
  readonly choices: readonly Choice[]
  readonly index: number
  readonly onChoose: (choice: Choice) => void
}

function ChoiceList({ choices, index, onChoose }: ListProps) {
  const present = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the present line moves with the index.
  useEffect(() => {
    present.current?.scrollIntoView({ block: 'nearest' })
  }, [index])
  return (
    <div id="s-choices" role="listbox" className="s-choices" tabIndex={-1}>
      {choices.map((choice, at) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the input above handles the keys (ARIA 1.2 combobox pattern).
        <div
          key={choice.key}
          id={`s-choice-${at}`}
          ref={at === index ? present : undefined}
          role="option"
          tabIndex={-1}
          aria-selected={at === index}
          className={`s-choice ${at === index ? 'x-selected' : ''}`}
          onClick={() => onChoose(choice)}
        >
          <span>{choice.title}</span>
          <span className="x-quiet x-cut">{choice.detail}</span>
          <span className="s-choice-group">
            {choices[at - 1]?.group === choice.group ? '' : choice.group}
          </span>
        </div>
      ))}
    </div>
  )
}

function useChoices(text: string, rooms: Rooms, onSignOut: () => Promise<void>): readonly Choice[] {
  const say = useWords(shellWords)
  const look = useLook()
  const { language, tone, setLanguage, setTone } = look
  const found = useQueries({
    queries: rooms.searches.map((search) => ({
      queryKey: ['command', search.title.en, text],
      queryFn: ({ signal }: { signal: AbortSignal }) => search.find(text, signal),
      enabled: text !== '',
      retry: false,
    })),
    combine: (answers) =>
      answers.flatMap((answer, at) =>
        (answer.data ?? []).map((hit) => ({
          ...hit,
          group: rooms.searches[at]?.title[language] ?? '',
        })),
      ),
  })
  return useMemo(() => {
    const screens = rooms.screens
      .filter((screen) => screen.rail)
      .map(({ path, title }) => ({
        key: path,
        group: say('screens'),
        title: title[language],
        words: `${title.zh} ${title.en}`,
        address: path,
      }))
    const other = tone === 'dark' ? 'light' : 'dark'
    const acts = [
      { key: 'tone', title: say(other), words: actWords.tone, act: () => setTone(other) },
      {
        key: 'language',
        title: say('language'),
        words: actWords.language,
        act: () => setLanguage(language === 'zh' ? 'en' : 'zh'),
      },
      { key: 'sign-out', title: say('signOut'), words: actWords.signOut, act: () => void onSignOut() },
    ].map((act) => ({ ...act, group: say('acts') }))
    return choicesOf(text, found, [...screens, ...acts])
  }, [text, found, rooms, say, language, tone, setTone, setLanguage, onSignOut])
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}
