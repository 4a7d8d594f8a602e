/** A screen that fails takes nothing else with it and can be opened again. */

import { Empty, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { Component, type ReactNode } from 'react'
import { shellWords } from './shell-words.ts'

type Props = { readonly children: ReactNode }
type State = { readonly failure: Error | undefined }

// Rule 21: React offers error boundaries as classes only.
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { failure: undefined }

  static getDerivedStateFromError(failure: Error): State {
    return { failure }
  }

  override render(): ReactNode {
    const { failure } = this.state
    if (!failure) return this.props.children
    return <Crashed failure={failure} reopen={() => this.setState({ failure: undefined })} />
  }
}

function Crashed({ failure, reopen }: { failure: Error; reopen: () => void }) {
  const say = useWords(shellWords)
  // A chunk that can no longer be loaded means that the pages were built anew: only a fresh page has the new names.
  const isOutdated = /dynamically imported module|Importing a module script failed/.test(failure.message)
  return (
    <Empty
      title={say('crashed')}
      action={<Button onClick={() => (isOutdated ? location.reload() : reopen())}>{say('reopen')}</Button>}
    >
      <p>{say('crashedHelp')}</p>
      <code>{failure.message}</code>
    </Empty>
  )
}
