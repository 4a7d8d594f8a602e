/** What made a version: a sign, a word and a colour. */
import { DeleteOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons'
import { useWords } from '@xinglin/kit'
import { explorerWords } from './explorer-words.ts'

const looks = {
  create: { icon: PlusOutlined, tone: 'x-green', word: 'created' },
  update: { icon: EditOutlined, tone: 'x-blue', word: 'updated' },
  delete: { icon: DeleteOutlined, tone: 'x-red', word: 'deleted' },
} as const

export function Interaction({ interaction }: { readonly interaction: keyof typeof looks }) {
  const say = useWords(explorerWords)
  const { icon: Icon, tone, word } = looks[interaction]
  return (
    <span className={`rx-mark ${tone}`}>
      <Icon aria-hidden /> {say(word)}
    </span>
  )
}
