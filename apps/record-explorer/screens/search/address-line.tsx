/** The query as it would be sent: changed by hand, it changes the builder too. */
import { useWords } from '@xinglin/kit'
import { Input, Spin } from 'antd'
import { type ReactNode, useState } from 'react'
import { CopyButton } from '../copy-button.tsx'
import { explorerWords } from '../explorer-words.ts'
import { curlOf, type Draft, queryText, readQuery } from './query.ts'

type Props = {
  readonly draft: Draft
  readonly isRunning: boolean
  readonly onChange: (draft: Draft) => void
  readonly children?: ReactNode
}

export function AddressLine({ draft, isRunning, onChange, children }: Props) {
  const say = useWords(explorerWords)
  const [typed, setTyped] = useState<string>()
  const isWrong = typed !== undefined && readQuery(typed) === undefined
  const written = queryText(draft)
  return (
    <div className="rx-address">
      <Input
        prefix={<code className="x-quiet">/fhir/R4/</code>}
        suffix={isRunning ? <Spin size="small" /> : null}
        status={isWrong ? 'error' : ''}
        value={typed ?? written}
        aria-label={say('query')}
        spellCheck={false}
        onChange={({ target }) => {
          setTyped(target.value)
          const read = readQuery(target.value)
          if (read) onChange(read)
        }}
        onBlur={() => setTyped(undefined)}
      />
      <CopyButton text={`${location.origin}/fhir/R4/${written}`} label={say('copyUrl')} />
      <CopyButton text={curlOf(draft, location.origin)} label={say('copyCurl')} />
      {children}
      {isWrong ? <p className="x-red">{say('noQuery')}</p> : null}
    </div>
  )
}
