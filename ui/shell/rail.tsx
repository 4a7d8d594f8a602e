/** The rail: the first screens of the apps, icons with words; at the bottom of a phone. */
import { EllipsisOutlined, MenuFoldOutlined, MenuUnfoldOutlined } from '@ant-design/icons'
import { keep, kept, useIsNarrow, useLook, useWords } from '@xinglin/kit'
import { type MouseEvent, Suspense, useState } from 'react'
import type { OpenScreen } from './rooms.ts'
import { shellWords } from './shell-words.ts'

/** So many targets of a thumb's width fit beside one another on 390 px. */
const narrowPlaces = 4

type Props = {
  readonly screens: readonly OpenScreen[]
  readonly pathname: string
  readonly onOpen: (address: string) => void
}

export function Rail(props: Props) {
  return useIsNarrow() ? <BottomRail {...props} /> : <SideRail {...props} />
}

function SideRail(props: Props) {
  const say = useWords(shellWords)
  const [isSlim, setSlim] = useState(kept('rail') === 'slim')
  const toggle = () => {
    keep('rail', isSlim ? 'wide' : 'slim')
    setSlim(!isSlim)
  }
  return (
    <nav className={`s-rail x-no-print ${isSlim ? 's-rail-slim' : ''}`} aria-label={say('menu')}>
      {props.screens.map((screen) => (
        <RailLink key={screen.path} {...props} screen={screen} />
      ))}
      <button
        type="button"
        className="s-rail-link s-rail-toggle"
        onClick={toggle}
        title={say(isSlim ? 'expand' : 'collapse')}
      >
        <span className="s-rail-icon">{isSlim ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}</span>
        <span className="s-rail-word">{say(isSlim ? 'expand' : 'collapse')}</span>
      </button>
    </nav>
  )
}

function BottomRail(props: Props) {
  const say = useWords(shellWords)
  const [isOpen, setOpen] = useState(false)
  const needsMore = props.screens.length > narrowPlaces + 1
  const first = needsMore ? props.screens.slice(0, narrowPlaces) : props.screens
  const rest = needsMore ? props.screens.slice(narrowPlaces) : []
  const onOpen = (address: string) => {
    setOpen(false)
    props.onOpen(address)
  }
  return (
    <nav className="s-rail s-rail-bottom x-no-print" aria-label={say('menu')}>
      {isOpen ? (
        <div className="s-rail-drawer">
          {rest.map((screen) => (
            <RailLink key={screen.path} {...props} screen={screen} onOpen={onOpen} />
          ))}
        </div>
      ) : null}
      {first.map((screen) => (
        <RailLink key={screen.path} {...props} screen={screen} onOpen={onOpen} />
      ))}
      {needsMore ? (
        <button type="button" className="s-rail-link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <span className="s-rail-icon">
            <EllipsisOutlined />
          </span>
          <span className="s-rail-word">{say('more')}</span>
        </button>
      ) : null}
    </nav>
  )
}

function RailLink({ screen, pathname, onOpen }: Props & { readonly screen: OpenScreen }) {
  const { language } = useLook()
  const Icon = screen.rail?.icon
  const isPresent = pathname === screen.path
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    onOpen(screen.path)
  }
  return (
    <a
      href={screen.path}
      className={`s-rail-link ${isPresent ? 's-rail-present' : ''}`}
      aria-current={isPresent ? 'page' : undefined}
      title={screen.title[language]}
      onClick={open}
    >
      <span className="s-rail-icon">{Icon ? <Icon /> : null}</span>
      <span className="s-rail-word">{screen.title[language]}</span>
      {screen.Badge ? (
        <Suspense fallback={null}>
          <screen.Badge />
        </Suspense>
      ) : null}
    </a>
  )
}
