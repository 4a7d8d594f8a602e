/** The frame of a list of administration: tools above, the grid, what was chosen beside it, a form over both. */
import { type Answer, Answered } from '@xinglin/kit'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import './administration.css'

type Props<Data> = {
  readonly answer: Answer<Data>
  /** Draws the grid of what was answered. */
  readonly children: (data: Data) => ReactNode
  readonly filters?: ReactNode
  /** The act that makes a new row; absent for who may not. */
  readonly making:
    | { readonly title: string; readonly icon: ReactNode; readonly start: () => void }
    | undefined
  readonly side: ReactNode
  readonly form: ReactNode
}

export function ListScreen<Data>({ answer, children, filters, making, side, form }: Props<Data>) {
  return (
    <div className="a-screen">
      {filters || making ? (
        <div className="a-tools">
          {filters}
          {making ? (
            <div className="a-tools-end">
              <Button type="primary" icon={making.icon} onClick={making.start}>
                {making.title}
              </Button>
            </div>
          ) : null}
        </div>
      ) : null}
      <div className="a-body">
        <div className="a-list">
          <Answered answer={answer}>{children}</Answered>
        </div>
        {side}
      </div>
      {form}
    </div>
  )
}
