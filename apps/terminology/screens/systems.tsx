/** The code systems that are held, with their versions and how many concepts of each. */
import { type Column, useScreen, useWords } from '@xinglin/kit'
import { useMemo } from 'react'
import { type HoldingRow, systemAddress } from '../contract.ts'
import { commonColumns, HoldingList } from './holdings.tsx'
import { type SayTerminology, words } from './words.ts'

export function SystemList() {
  const say = useWords(words)
  const { open } = useScreen()
  const columns = useMemo(() => columnsOf(say), [say])
  return (
    <HoldingList
      kind="code-systems"
      label={say('part_systems')}
      columns={columns}
      onOpen={({ url, version }) => (url === undefined ? undefined : open(systemAddress(url, version)))}
    />
  )
}

function columnsOf(say: SayTerminology): readonly Column<HoldingRow>[] {
  const [name, ...others] = commonColumns(say)
  const own: readonly Column<HoldingRow>[] = [
    {
      key: 'count',
      title: say('concepts'),
      widthPx: 100,
      align: 'right',
      draw: ({ count = 0 }) => (
        <span className={`x-number ${count === 0 ? 'x-quiet' : ''}`}>{count.toLocaleString('en')}</span>
      ),
      sortBy: ({ count = 0 }) => count,
    },
    {
      key: 'content',
      title: say('content'),
      widthPx: 110,
      draw: ({ content, count }) => contentText(content, count, say),
      sortBy: ({ content = '' }) => content,
    },
  ]
  return name ? [name, ...own, ...others] : own
}

const contents = ['not-present', 'example', 'fragment', 'complete', 'supplement'] as const

/** An imported system says that its resource holds no concepts: they stand in a table of their own. */
function contentText(content: string | undefined, count = 0, say: SayTerminology): string {
  if (content === 'not-present' && count > 0) return say('content_imported')
  const known = contents.find((each) => each === content)
  return known ? say(`content_${known}`) : (content ?? '')
}
