/** The way of a message through an interface: source → filter → map → destinations, each with what it did and what waits. */
import { useLook, useMay, useWords } from '@xinglin/kit'
import type { ReactNode } from 'react'
import { type DestinationRow, type InterfaceRow, interfacePermissions } from '../contract.ts'
import { doingOf, Mark } from './interface-state.tsx'
import { interfaceWords } from './interface-words.ts'
import { PauseButton } from './pause-button.tsx'
import { msBetween, Span } from './span.tsx'

type Props = {
  readonly row: InterfaceRow
  readonly chosen: string | undefined
  readonly onChoose: (destination: string | undefined) => void
}

export function Flow({ row, chosen, onChoose }: Props) {
  const say = useWords(interfaceWords)
  const { language } = useLook()
  const may = useMay(interfacePermissions.operate)
  const { source, hasKey, hasFilter, hasMap, destinations } = row
  return (
    <section className="i-flow" aria-label={row.title[language]}>
      <div className="i-node">
        <span className="x-quiet">{say('source')}</span>
        <strong>{source.kind}</strong>
        <span className="x-number">{source.address}</span>
        <Mark doing={source.isPaused ? 'paused' : 'running'} />
        <span className="x-quiet">{say('lastHour')}</span>
        <Counts
          of={[
            [say('taken'), source.tally.done],
            [say('turnedBack'), source.tally.refused, 'x-red'],
          ]}
        />
        {may ? <PauseButton row={row} name={row.title[language]} isPaused={source.isPaused} /> : null}
      </div>
      <Arrow />
      <div className="i-node i-step">
        <span className="x-quiet">{say('filter')}</span>
        <strong>{hasFilter ? say('inCode') : say('everything')}</strong>
      </div>
      <Arrow />
      <div className="i-node i-step">
        <span className="x-quiet">{say('map')}</span>
        <strong>{hasMap ? say('inCode') : say('asItIs')}</strong>
        <span className="x-quiet">{hasKey ? say('key') : say('allInOrder')}</span>
      </div>
      <ul className="i-branches" aria-label={say('destinations')}>
        {destinations.map((destination) => (
          <li key={destination.id}>
            <Arrow />
            <div className={`i-node i-destination ${destination.id === chosen ? 'i-chosen' : ''}`}>
              <Destination
                destination={destination}
                isChosen={destination.id === chosen}
                onChoose={() => onChoose(destination.id === chosen ? undefined : destination.id)}
              />
              {may ? (
                <PauseButton
                  row={row}
                  destination={destination.id}
                  name={destination.id}
                  isPaused={destination.isPaused}
                />
              ) : null}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

type DestinationProps = {
  readonly destination: DestinationRow
  readonly isChosen: boolean
  readonly onChoose: () => void
}

function Destination({ destination, isChosen, onChoose }: DestinationProps) {
  const say = useWords(interfaceWords)
  const { id, kind, waiting, refused, oldestAt, tally, parallel, hasFilter, hasMap } = destination
  const own = [hasFilter ? say('filter') : '', hasMap ? say('map') : '', say('parallel', { count: parallel })]
  return (
    <>
      <button type="button" className="i-name" aria-pressed={isChosen} onClick={onChoose}>
        <strong>{id}</strong>
      </button>
      <span className="x-quiet">{[kind, ...own].filter(Boolean).join(' · ')}</span>
      <Mark doing={doingOf(destination)} />
      <Counts
        of={[
          [say('waiting'), waiting],
          ...(oldestAt
            ? [
                [
                  say('oldest'),
                  <Span key="oldest" ms={msBetween(oldestAt, new Date().toISOString())} />,
                ] as const,
              ]
            : []),
          [say('sent'), tally.done],
          [say('laidAside'), refused, 'x-red'],
          [say('lag'), <Span key="lag" ms={tally.lagMeanMs} />],
        ]}
      />
    </>
  )
}

type Count = readonly [name: string, value: ReactNode, tone?: string]

function Counts({ of }: { readonly of: readonly Count[] }) {
  return (
    <dl className="i-counts">
      {of.map(([name, value, tone]) => (
        <div key={name}>
          <dt className="x-quiet">{name}</dt>
          <dd className={`x-number ${tone && typeof value === 'number' && value > 0 ? tone : ''}`}>
            {value}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Arrow() {
  return (
    <svg className="i-arrow" viewBox="0 0 24 12" aria-hidden="true" focusable="false">
      <path d="M0 6h20M15 1l6 5-6 5" fill="none" stroke="currentColor" strokeWidth="1.5" />
    </svg>
  )
}
