/** What an interface or a part of it is doing: a shape, a word and a colour. */
import {
  CheckCircleOutlined,
  DisconnectOutlined,
  ExclamationCircleOutlined,
  PauseCircleOutlined,
} from '@ant-design/icons'
import { useWords } from '@xinglin/kit'
import type { DestinationRow, InterfaceRow } from '../contract.ts'
import { interfaceWords } from './interface-words.ts'

const looks = {
  running: { icon: <CheckCircleOutlined aria-hidden />, tone: 'x-green' },
  paused: { icon: <PauseCircleOutlined aria-hidden />, tone: 'x-amber' },
  down: { icon: <DisconnectOutlined aria-hidden />, tone: 'x-red' },
  someAside: { icon: <ExclamationCircleOutlined aria-hidden />, tone: 'x-amber' },
} as const

type Doing = keyof typeof looks

export function Mark({ doing }: { readonly doing: Doing }) {
  const say = useWords(interfaceWords)
  const { icon, tone } = looks[doing]
  return (
    <span className={`i-mark ${tone}`}>
      {icon} {say(doing)}
    </span>
  )
}

/** Of one destination: what hinders it most. */
export function doingOf({ isPaused, downSince, refused }: DestinationRow): Doing {
  if (downSince) return 'down'
  if (isPaused) return 'paused'
  return refused > 0 ? 'someAside' : 'running'
}

/** Of the whole: the worst of its parts. */
export function worstOf({ source, destinations }: InterfaceRow): Doing {
  const parts = destinations.map(doingOf)
  if (parts.includes('down')) return 'down'
  if (source.isPaused || parts.includes('paused')) return 'paused'
  return parts.includes('someAside') ? 'someAside' : 'running'
}
