/** What was chosen, beside its list; on a phone over it, by style alone, so that turning the phone loses no draft. */
import { CloseOutlined } from '@ant-design/icons'
import { useWords } from '@xinglin/kit'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { words } from './words.ts'

type Props = { readonly title: string; readonly children: ReactNode; readonly onClose: () => void }

export function Side({ title, children, onClose }: Props) {
  const say = useWords(words)
  return (
    <aside className="privacy-side" aria-label={title}>
      <header className="privacy-side-head">
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
      <div className="privacy-side-body">{children}</div>
    </aside>
  )
}

type Fact = readonly [label: string, value: ReactNode]

/** Facts one under another; what is not there is left out. */
export function Facts({ facts }: { readonly facts: readonly (Fact | undefined)[] }) {
  return (
    <dl className="privacy-facts">
      {facts.map((fact) =>
        fact ? (
          <div key={fact[0]} style={{ display: 'contents' }}>
            <dt>{fact[0]}</dt>
            <dd>{fact[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  )
}
