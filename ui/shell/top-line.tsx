/** The top line: hospital, search, connection, me, language, tone. */
import { LockOutlined, LogoutOutlined, SearchOutlined, UserOutlined } from '@ant-design/icons'
import { type LiveState, type Me, useLive, useLook, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import { LanguageButton, ToneButton } from './look-buttons.tsx'
import { MyAccount } from './my-account.tsx'
import { shellWords } from './shell-words.ts'
import { terminalWords } from './terminal-words.ts'
import { useLock, useTerminal } from './use-terminal.ts'

type Props = { readonly me: Me; readonly onSearch: () => void; readonly onSignOut: () => Promise<void> }

export function TopLine({ me, onSearch, onSignOut }: Props) {
  const say = useWords(shellWords)
  const { language } = useLook()
  const [isShowing, setShowing] = useState(false)
  return (
    <header className="s-top x-no-print">
      <span className="s-brand">
        <img src="/xinglin.svg" alt="" width={20} height={20} />
        <strong>{say('product')}</strong>
        <span className="x-quiet s-wide">{me.tenant.name ?? ''}</span>
      </span>
      <button type="button" className="s-search" onClick={onSearch} title={say('searchHelp')}>
        <SearchOutlined aria-hidden />
        <span className="s-wide">{say('search')}</span>
        <kbd className="s-wide">/</kbd>
      </button>
      <span className="s-top-right">
        <Connection />
        <Button
          type="text"
          size="small"
          className="s-me"
          icon={<UserOutlined />}
          title={`${say('myAccount')} · ${me.roles.join(language === 'zh' ? '、' : ', ')}`}
          aria-label={`${say('myAccount')}: ${me.display}`}
          onClick={() => setShowing(true)}
        >
          <span className="s-wide">{me.display}</span>
        </Button>
        <LanguageButton />
        <ToneButton />
        <LockButton />
        <Button
          type="text"
          size="small"
          icon={<LogoutOutlined />}
          title={say('signOut')}
          aria-label={say('signOut')}
          onClick={() => void onSignOut()}
        />
      </span>
      {isShowing ? <MyAccount me={me} onClose={() => setShowing(false)} /> : null}
    </header>
  )
}

/** At a shared terminal only. */
function LockButton() {
  const say = useWords(terminalWords)
  const { terminal } = useTerminal()
  const lock = useLock()
  if (!terminal) return null
  return (
    <Button
      size="small"
      icon={<LockOutlined />}
      title={say('lockHelp', { count: terminal.idleSeconds })}
      onClick={() => void lock()}
    >
      {say('lock')}
    </Button>
  )
}

/** A sign and a word, never colour alone. */
const marks: Readonly<Record<LiveState['state'], string>> = {
  live: '●',
  connecting: '◌',
  lost: '▲',
  refused: '▲',
}

function Connection() {
  const say = useWords(shellWords)
  const times = useTimes()
  const { state, sinceMs } = useLive(undefined, () => undefined)
  // A connection without a subscription can be refused only where the session has ended.
  const word = say(state === 'refused' ? 'lost' : state)
  const since = state === 'lost' ? times.moment(new Date(sinceMs).toISOString()) : ''
  return (
    <span className={`s-connection s-${state}`} role="status" title={`${word} ${since}`}>
      <span aria-hidden>{marks[state]}</span>{' '}
      <span className={state === 'lost' ? '' : 's-wide'}>
        {word} {since}
      </span>
    </span>
  )
}
