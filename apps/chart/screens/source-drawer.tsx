/** Where a fact came from: the resource as it stands and the messages that made it. */
import { messageAddress, readPermission } from '@xinglin/integration/contract'
import { Answered, Go, useAsk, useIsNarrow, useMay, useTimes, useWords } from '@xinglin/kit'
import { Drawer } from 'antd'
import type { SourceAnswer } from '../reading/shapes.ts'
import { Lineage } from './lineage.tsx'
import { useRecord } from './record-place.ts'
import { words } from './words.ts'

type Props = {
  readonly source: { readonly key: string; readonly name: string } | undefined
  readonly onClose: () => void
}

export function SourceDrawer({ source, onClose }: Props) {
  const say = useWords(words)
  const isNarrow = useIsNarrow()
  return (
    <Drawer
      open={source !== undefined}
      onClose={onClose}
      size={isNarrow ? '100%' : 560}
      title={say('sourceOf', { name: source?.name ?? '' })}
      destroyOnHidden
    >
      {source ? <SourceOf of={source.key} /> : null}
    </Drawer>
  )
}

function SourceOf({ of }: { readonly of: string }) {
  const say = useWords(words)
  const times = useTimes()
  const { pathOf } = useRecord()
  const mayReadMessages = useMay(readPermission)
  const answer = useAsk<SourceAnswer>(pathOf(`sources/${of}`))
  return (
    <Answered answer={answer}>
      {({ json, version, updated, sources }) => (
        <div className="chart-source">
          <p>{say('version', { version, time: times.full(updated) })}</p>
          <h2>{say('sourceMessages')}</h2>
          {sources.length === 0 ? <p className="x-quiet">{say('sourceNone')}</p> : null}
          {sources.map(({ text, message }) => (
            <p key={`${text} ${message}`}>
              {text}{' '}
              {message && mayReadMessages ? <Go to={messageAddress(message)}>{say('openMessage')}</Go> : null}
            </p>
          ))}
          <Lineage of={of} />
          <h2>{say('raw')}</h2>
          <pre className="chart-raw">{JSON.stringify(JSON.parse(json), undefined, 2)}</pre>
        </div>
      )}
    </Answered>
  )
}
