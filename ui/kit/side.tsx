/** What was chosen, beside its list; on a phone over it, by style alone, so that turning the phone loses no draft. */
import { CloseOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { kitWords } from './kit-words.ts'
import { useWords } from './words.ts'

type Props = {
  readonly title: string
  readonly isWide?: boolean
  readonly children: ReactNode
  readonly onClose: () => void
}

export function Side({ title, isWide, children, onClose }: Props) {
  const say = useWords(kitWords)
  return (
    <aside className={`x-side ${isWide ? 'x-side-wide' : ''}`} aria-label={title}>
      <header className="x-side-head">
        <h2 className="x-cut">{title}</h2>
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          aria-label={say('close')}
          title={say('close')}
          onClick={onClose}
        />
      </header>
      <div className="x-side-body">{children}</div>
    </aside>
  )
}

type Fact = readonly [label: string, value: ReactNode]

/** Facts one under another; an empty value is a dash, and what is undefined is left out. */
export function Facts({ facts }: { readonly facts: readonly (Fact | undefined)[] }) {
  return (
    <dl className="x-facts">
      {facts.map((fact) =>
        fact ? (
          <div key={fact[0]} style={{ display: 'contents' }}>
            <dt>{fact[0]}</dt>
            <dd>{fact[1] || '–'}</dd>
          </div>
        ) : null,
      )}
    </dl>
  )
}
