/** The tabs of the open screens. */
import { CloseOutlined } from '@ant-design/icons'
import { useLook, useWords } from '@xinglin/kit'
import { type MouseEvent, useEffect, useRef } from 'react'
import { matchScreen } from './address.ts'
import type { OpenScreen } from './rooms.ts'
import { shellWords } from './shell-words.ts'
import { addressOf, type Tab } from './tabs.ts'
import type { Tabs } from './use-tabs.ts'

export function TabStrip({
  tabs,
  screens,
}: {
  readonly tabs: Tabs
  readonly screens: readonly OpenScreen[]
}) {
  const say = useWords(shellWords)
  return (
    <nav className="s-tabs x-no-print" aria-label={say('openTabs')}>
      {tabs.all.map((tab) => (
        <TabHandle key={tab.pathname} tab={tab} tabs={tabs} screens={screens} />
      ))}
    </nav>
  )
}

type HandleProps = { readonly tab: Tab; readonly tabs: Tabs; readonly screens: readonly OpenScreen[] }

function TabHandle({ tab, tabs, screens }: HandleProps) {
  const say = useWords(shellWords)
  const { language } = useLook()
  const isPresent = tab.pathname === tabs.pathname
  const handle = useRef<HTMLSpanElement>(null)
  // More tabs may be open than a phone shows: the present one is brought into view.
  useEffect(() => {
    if (isPresent) handle.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [isPresent])
  const title = tab.title ?? matchScreen(screens, tab.pathname)?.screen.title[language] ?? tab.pathname
  const show = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    tabs.open(addressOf(tab))
  }
  return (
    <span ref={handle} className={`s-tab ${isPresent ? 's-tab-present' : ''}`}>
      <a href={addressOf(tab)} aria-current={isPresent ? 'page' : undefined} onClick={show}>
        {title}
      </a>
      <button type="button" aria-label={say('closeTab', { title })} onClick={() => tabs.close(tab.pathname)}>
        <CloseOutlined />
      </button>
    </span>
  )
}
