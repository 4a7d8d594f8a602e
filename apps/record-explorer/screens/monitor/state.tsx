/** How a subscription or a job stands: a sign, a word and a colour. */
import {
  CheckCircleOutlined,
  CloseCircleOutlined,
  MinusCircleOutlined,
  SyncOutlined,
} from '@ant-design/icons'
import { useWords } from '@xinglin/kit'
import { monitorWords } from './monitor-words.ts'

const looks = {
  active: { icon: CheckCircleOutlined, tone: 'x-green', word: 'isActive' },
  done: { icon: CheckCircleOutlined, tone: 'x-green', word: 'isDone' },
  requested: { icon: SyncOutlined, tone: 'x-blue', word: 'isRequested' },
  running: { icon: SyncOutlined, tone: 'x-blue', word: 'isRunning' },
  waiting: { icon: SyncOutlined, tone: 'x-blue', word: 'isWaiting' },
  error: { icon: CloseCircleOutlined, tone: 'x-red', word: 'isError' },
  failed: { icon: CloseCircleOutlined, tone: 'x-red', word: 'isError' },
  off: { icon: MinusCircleOutlined, tone: 'x-quiet', word: 'isOff' },
  cancelled: { icon: MinusCircleOutlined, tone: 'x-quiet', word: 'isCancelled' },
} as const

export function State({ state }: { readonly state: string }) {
  const say = useWords(monitorWords)
  const look = looks[state as keyof typeof looks]
  if (!look) return <span>{state}</span>
  const { icon: Icon, tone, word } = look
  return (
    <span className={`rx-mark ${tone}`}>
      <Icon aria-hidden /> {say(word)}
    </span>
  )
}
