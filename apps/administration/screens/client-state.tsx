/** Whether a machine client may connect: a colour, a shape and a word. */
import { CheckCircleOutlined, StopOutlined } from '@ant-design/icons'
import { useWords } from '@xinglin/kit'
import type { ClientRow } from '../contract.ts'
import { administrationWords } from './administration-words.ts'

export function ClientState({ client }: { readonly client: ClientRow }) {
  const say = useWords(administrationWords)
  return client.disabled ? (
    <span className="a-mark x-quiet">
      <StopOutlined aria-hidden />
      {say('disabled')}
    </span>
  ) : (
    <span className="a-mark x-green">
      <CheckCircleOutlined aria-hidden />
      {say('active')}
    </span>
  )
}
