/** What became of a message: a shape, a word and a colour, so that no one of them is needed alone. */
import { CheckCircleOutlined, CloseCircleOutlined, SyncOutlined } from '@ant-design/icons'
import { useWords } from '@xinglin/kit'
import type { MessageOutcome } from '../contract.ts'
import { integrationWords } from './integration-words.ts'

const looks = {
  accepted: { icon: <CheckCircleOutlined aria-hidden />, tone: 'x-green', word: 'accepted' },
  refused: { icon: <CloseCircleOutlined aria-hidden />, tone: 'x-red', word: 'refused' },
  received: { icon: <SyncOutlined aria-hidden />, tone: 'x-blue', word: 'waiting' },
} as const

export function Outcome({ outcome }: { readonly outcome: MessageOutcome }) {
  const say = useWords(integrationWords)
  const { icon, tone, word } = looks[outcome]
  return (
    <span className={`i-mark ${tone}`}>
      {icon} {say(word)}
    </span>
  )
}
