/** What does a code system hold: gone through as a tree or a list, found in by any of its names, one concept beside it. */
import { Empty, Failed, Go, Refused, useAsk, useIsNarrow, useScreen, useTitle, useWords } from '@xinglin/kit'
import { resourceAddress } from '@xinglin/record-explorer/contract'
import { Drawer, Segmented } from 'antd'
import { useMemo } from 'react'
import type { HoldingRow, HoldingsAnswer } from '../../contract.ts'
import { FindInput } from '../find-input.tsx'
import { canonicalOf, shortUrl } from '../names.ts'
import '../terminology.css'
import { words } from '../words.ts'
import { Concept } from './concept.tsx'
import { ConceptList } from './concept-list.tsx'
import { ConceptTree } from './concept-tree.tsx'
import { type SystemKey, useTop } from './use-concepts.ts'

export function SystemScreen() {
  const say = useWords(words)
  const isNarrow = useIsNarrow()
  const { params, search, setSearch } = useScreen()
  const system = useMemo(() => canonicalOf(params.canonical ?? ''), [params.canonical])
  const code = search.get('code') ?? undefined
  const choose = (chosen: string | undefined) => setSearch({ code: chosen })
  const holding = useHolding(system)
  useTitle(holding?.title ?? holding?.name ?? shortUrl(system.url))
  const detail = code ? <Concept system={system} code={code} onChoose={choose} /> : undefined
  return (
    <div className="term-halves">
      <section className="term-screen" aria-label={say('part_systems')}>
        <Head system={system} holding={holding} />
        <Concepts system={system} code={code} onChoose={choose} />
      </section>
      {isNarrow ? (
        <Drawer
          open={detail !== undefined}
          title={code}
          size="100%"
          onClose={() => choose(undefined)}
          destroyOnHidden
        >
          {detail}
        </Drawer>
      ) : (
        <section className="term-screen" aria-label={say('concept')}>
          <div className="term-scroll">
            {detail ?? <Empty title={say('chooseConcept')}>{say('chooseConceptHelp')}</Empty>}
          </div>
        </section>
      )}
    </div>
  )
}

function Head({ system, holding }: { readonly system: SystemKey; readonly holding: HoldingRow | undefined }) {
  const say = useWords(words)
  return (
    <header className="term-head">
      <h1>{holding?.title ?? holding?.name ?? shortUrl(system.url)}</h1>
      <p className="x-quiet">
        {system.url}
        {system.version ? ` · ${system.version}` : ''}{' '}
        {holding?.id ? <Go to={resourceAddress('CodeSystem', holding.id)}>{say('openResource')}</Go> : null}
      </p>
    </header>
  )
}

type ConceptsProps = {
  readonly system: SystemKey
  readonly code: string | undefined
  readonly onChoose: (code: string) => void
}

function Concepts({ system, code, onChoose }: ConceptsProps) {
  const say = useWords(words)
  const { search, setSearch } = useScreen()
  const text = search.get('find') ?? ''
  const top = useTop(system)
  const isNotHeld = top.state === 'failed' && top.error.errorCode === 'terminology.unknown-system'
  const isHierarchical = top.state === 'ready' && top.data.isHierarchical
  const asList = !isHierarchical || search.get('as') === 'list'
  if (isNotHeld) return <Empty title={say('notHeld')}>{say('notHeldHelp')}</Empty>
  if (top.state === 'refused') return <Refused error={top.error} />
  if (top.state === 'failed') return <Failed error={top.error} retry={top.retry} />
  return (
    <>
      <div className="term-tools">
        <FindInput label={say('findConcept')} />
        {isHierarchical && text === '' ? (
          <Segmented
            value={asList ? 'list' : 'tree'}
            options={[
              { value: 'tree', label: say('tree') },
              { value: 'list', label: say('list') },
            ]}
            onChange={(next) => setSearch({ as: next === 'list' ? 'list' : undefined })}
          />
        ) : null}
      </div>
      {text === '' && !asList ? (
        <ConceptTree system={system} code={code} onChoose={onChoose} />
      ) : (
        <ConceptList system={system} text={text} code={code} onChoose={onChoose} />
      )}
    </>
  )
}

/** The resource of the system in the list of what is held: the version that is named, else the first of its url. */
function useHolding({ url, version }: SystemKey): HoldingRow | undefined {
  const answer = useAsk<HoldingsAnswer>('/api/terminology/code-systems', { staleAfterMs: 300_000 })
  if (answer.state !== 'ready') return undefined
  const { held } = answer.data
  return (
    held.find((each) => each.url === url && (version === undefined || each.version === version)) ??
    held.find((each) => each.url === url)
  )
}
