/** Are these two records one person? The comparison at an address of its own. */
import { useScreen, useTitle, useWords } from '@xinglin/kit'
import { masterIndexScreens as addresses } from '../contract.ts'
import { Comparison } from './comparison.tsx'
import { words } from './words.ts'
import './master-index.css'

export function PairScreen() {
  const say = useWords(words)
  const { params, open, close } = useScreen()
  useTitle(say('compare'))
  return (
    <div className="mi-screen">
      <Comparison
        one={params.one ?? ''}
        other={params.other ?? ''}
        onDone={() => undefined}
        onClose={() => {
          close()
          open(addresses.pairs)
        }}
      />
    </div>
  )
}
