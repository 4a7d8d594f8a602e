/** The value sets that are held. */
import { useScreen, useWords } from '@xinglin/kit'
import { useMemo } from 'react'
import { setAddress } from '../contract.ts'
import { commonColumns, HoldingList } from './holdings.tsx'
import { words } from './words.ts'

export function SetList() {
  const say = useWords(words)
  const { open } = useScreen()
  const columns = useMemo(() => commonColumns(say), [say])
  return (
    <HoldingList
      kind="value-sets"
      label={say('part_sets')}
      columns={columns}
      onOpen={({ url, version }) => (url === undefined ? undefined : open(setAddress(url, version)))}
    />
  )
}
