/** Whether an app may work here: a colour, a shape and a word. */
import { CheckCircleOutlined, ClockCircleOutlined, StopOutlined } from '@ant-design/icons'
import { useWords } from '@xinglin/kit'
import type { AppRow } from '../contract.ts'
import { registryWords } from './words.ts'

const marks = {
  proposed: { icon: <ClockCircleOutlined aria-hidden />, tone: 'x-amber' },
  approved: { icon: <CheckCircleOutlined aria-hidden />, tone: 'x-green' },
  rejected: { icon: <StopOutlined aria-hidden />, tone: 'x-quiet' },
  suspended: { icon: <StopOutlined aria-hidden />, tone: 'x-red' },
} as const

export function AppStateMark({ state }: { readonly state: AppRow['state'] }) {
  const say = useWords(registryWords)
  const { icon, tone } = marks[state]
  return (
    <span className={`ar-mark ${tone}`}>
      {icon} {say(state)}
    </span>
  )
}
