/** What became of an access: a colour, a shape and a word. */
import { CheckOutlined, StopOutlined, WarningOutlined } from '@ant-design/icons'
import { useWords } from '@xinglin/kit'
import type { AuditRow } from '../contract.ts'
import { administrationWords } from './administration-words.ts'

const looks = {
  allowed: { icon: CheckOutlined, tone: 'x-quiet' },
  refused: { icon: StopOutlined, tone: 'x-red' },
  failed: { icon: WarningOutlined, tone: 'x-amber' },
} as const

export function Outcome({ outcome }: Pick<AuditRow, 'outcome'>) {
  const say = useWords(administrationWords)
  const { icon: Icon, tone } = looks[outcome]
  return (
    <span className={`a-mark ${tone}`}>
      <Icon aria-hidden />
      {say(outcome)}
    </span>
  )
}
