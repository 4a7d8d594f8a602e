/** Are systems connected, what waits for whom, and what must a person do? One of them is shown as a flow. */
import { Answered, useAsk, useScreen } from '@xinglin/kit'
import type { InterfacesAnswer } from '../contract.ts'
import './integration.css'
import './interfaces.css'
import { InterfaceList } from './interface-list.tsx'
import { OneInterface } from './one-interface.tsx'

/** Counts are of the last minutes; a person sees them move. */
const askEveryMs = 2_000

export function InterfacesScreen() {
  const { search, setSearch } = useScreen()
  const answer = useAsk<InterfacesAnswer>('/api/integration/interfaces', { everyMs: askEveryMs })
  const chosen = search.get('interface') ?? undefined
  return (
    <div className="i-screen">
      <Answered answer={answer}>
        {({ interfaces }) =>
          chosen === undefined ? (
            <InterfaceList interfaces={interfaces} onOpen={(id) => setSearch({ interface: id })} />
          ) : (
            <OneInterface id={chosen} row={interfaces.find(({ id }) => id === chosen)} />
          )
        }
      </Answered>
    </div>
  )
}
