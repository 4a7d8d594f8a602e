/** What became of an access: a colour, a shape and a word. */
import { CheckOutlined, StopOutlined, WarningOutlined } from '@ant-design/icons'
import { useWords } from '@xinglin/kit'
import type { EntryRow } from '../contract.ts'
import { words } from './words.ts'

const looks = {
  allowed: { icon: CheckOutlined, tone: 'x-quiet' },
  refused: { icon: StopOutlined, tone: 'x-red' },
  failed: { icon: WarningOutlined, tone: 'x-amber' },
} as const

export function Outcome({ outcome }: Pick<EntryRow, 'outcome'>) {
  const say = useWords(words)
  const { icon: Icon, tone } = looks[outcome]
  return (
    <span className={`audit-mark ${tone}`}>
      <Icon aria-hidden />
      {say(outcome)}
    </span>
  )
}
