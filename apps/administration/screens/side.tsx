/** Detail beside a list; on a phone a drawer over it. */
import { CloseOutlined } from '@ant-design/icons'
import { useIsNarrow, useWords } from '@xinglin/kit'
import { Button, Drawer } from 'antd'
import type { ReactNode } from 'react'
import { administrationWords } from './administration-words.ts'

type Props = {
  readonly title: string
  readonly isWide?: boolean
  readonly children: ReactNode
  readonly onClose: () => void
}

export function Side({ title, isWide, children, onClose }: Props) {
  const say = useWords(administrationWords)
  const isNarrow = useIsNarrow()
  if (isNarrow)
    return (
      <Drawer open size="100%" title={title} onClose={onClose}>
        {children}
      </Drawer>
    )
  return (
    <aside className={`a-side ${isWide ? 'a-side-wide' : ''}`} aria-label={title}>
      <header className="a-side-head">
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
      <div className="a-side-body">{children}</div>
    </aside>
  )
}
