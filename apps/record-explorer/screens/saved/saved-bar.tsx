/** The two buttons of kept queries with what they open. */
import { FolderOpenOutlined, SaveOutlined } from '@ant-design/icons'
import { useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import { type Draft, readQuery } from '../search/query.ts'
import { SaveQuery } from './save-query.tsx'
import { SavedQueries } from './saved-queries.tsx'
import { savedWords } from './saved-words.ts'

type Props = { readonly draft: Draft; readonly onRun: (draft: Draft) => void }

export function SavedBar({ draft, onRun }: Props) {
  const say = useWords(savedWords)
  const [opened, setOpened] = useState<'save' | 'list'>()
  const close = () => setOpened(undefined)
  return (
    <>
      <Button size="small" icon={<SaveOutlined />} onClick={() => setOpened('save')}>
        {say('save')}
      </Button>
      <Button size="small" icon={<FolderOpenOutlined />} onClick={() => setOpened('list')}>
        {say('saved')}
      </Button>
      <SaveQuery isOpen={opened === 'save'} draft={draft} onClose={close} />
      <SavedQueries
        isOpen={opened === 'list'}
        onClose={close}
        onRun={({ type, query }) => {
          close()
          onRun(readQuery(`${type}?${query}`) ?? { type, pairs: [] })
        }}
      />
    </>
  )
}
