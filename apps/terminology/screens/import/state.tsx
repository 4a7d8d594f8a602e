/** How an import stands: a sign, a word and a colour. */
import {
  CheckCircleOutlined,
  ClockCircleOutlined,
  CloseCircleOutlined,
  SyncOutlined,
} from '@ant-design/icons'
import { useWords } from '@xinglin/kit'
import type { ImportState } from '../../contract.ts'
import { words } from '../words.ts'

const looks = {
  waiting: { icon: ClockCircleOutlined, tone: 'x-blue' },
  running: { icon: SyncOutlined, tone: 'x-blue' },
  done: { icon: CheckCircleOutlined, tone: 'x-green' },
  refused: { icon: CloseCircleOutlined, tone: 'x-red' },
} as const

export function State({ state }: Pick<ImportState, 'state'>) {
  const say = useWords(words)
  const { icon: Icon, tone } = looks[state]
  return (
    <span className={`term-state ${tone}`}>
      <Icon aria-hidden /> {say(`state_${state}`)}
    </span>
  )
}
