/** One concept: its names, what it means, what is above and below it, its properties, and what it is elsewhere. */
import { Answered, useAsk, useLook, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { Fragment, type ReactNode } from 'react'
import type { ConceptAnswer, NameRow } from '../../contract.ts'
import { nameOf } from '../names.ts'
import { staleAfterMs } from '../use-offset-pages.ts'
import { words } from '../words.ts'
import { Marks } from './concept-cells.tsx'
import { ConceptMaps } from './concept-maps.tsx'
import { conceptPath } from './concept-path.ts'
import type { SystemKey } from './use-concepts.ts'

/** As many as the server names. */
const mostChildren = 200

type Props = {
  readonly system: SystemKey
  readonly code: string
  readonly onChoose: (code: string) => void
}

export function Concept({ system, code, onChoose }: Props) {
  const answer = useAsk<ConceptAnswer>(conceptPath(system, code), { staleAfterMs, keepsPrevious: true })
  return <Answered answer={answer}>{(told) => <Told told={told} onChoose={onChoose} />}</Answered>
}

function Told({ told, onChoose }: { readonly told: ConceptAnswer; readonly onChoose: Props['onChoose'] }) {
  const say = useWords(words)
  const { language } = useLook()
  const { concept, path, parents, children, maps } = told
  return (
    <article>
      {path.length > 0 ? (
        <nav className="term-path x-quiet" aria-label={say('parents')}>
          {path.map((each) => (
            <Fragment key={each.code}>
              <CodeLink concept={each} onChoose={onChoose} /> ›{' '}
            </Fragment>
          ))}
        </nav>
      ) : null}
      <h1>
        <span className="term-code">{concept.code}</span> {nameOf(concept, language)}
        <Marks concept={concept} />
      </h1>
      <Part title={say('names')}>
        <Names concept={concept} />
      </Part>
      {concept.definition ? (
        <Part title={say('definition')}>
          <p>{concept.definition}</p>
        </Part>
      ) : null}
      {parents.length > 1 ? (
        <Neighbours title={say('parents')} concepts={parents} onChoose={onChoose} />
      ) : null}
      {children.length > 0 ? (
        <Neighbours title={say('children')} concepts={children} onChoose={onChoose}>
          {children.length === mostChildren ? (
            <p className="x-quiet">{say('firstChildren', { count: mostChildren })}</p>
          ) : null}
        </Neighbours>
      ) : null}
      <Properties concept={concept} onChoose={onChoose} />
      <Part title={say('maps')}>
        <ConceptMaps maps={maps} />
      </Part>
    </article>
  )
}

function Names({ concept }: { readonly concept: NameRow }) {
  const say = useWords(words)
  const names = [
    ...(concept.display === undefined ? [] : [{ value: concept.display, language: '' }]),
    ...concept.designations,
  ]
  const languageText = (language: string | undefined) => {
    if (language === '') return say('ownName')
    const known = (['zh', 'en'] as const).find((each) => language?.toLowerCase().split('-')[0] === each)
    return known ? say(`language_${known}`) : language
  }
  return (
    <dl className="term-facts">
      {names.map(({ language, value, ...each }) => {
        const use = 'use' in each ? (each.use?.display ?? each.use?.code) : undefined
        return (
          <Fragment key={`${language} ${value}`}>
            <dt>{[languageText(language), use].filter(Boolean).join(' · ')}</dt>
            <dd>{value}</dd>
          </Fragment>
        )
      })}
    </dl>
  )
}

function Properties({
  concept,
  onChoose,
}: {
  readonly concept: ConceptAnswer['concept']
  readonly onChoose: Props['onChoose']
}) {
  const say = useWords(words)
  if (concept.properties.length === 0) return null
  return (
    <Part title={say('properties')}>
      <dl className="term-facts">
        {concept.properties.map(({ code, description, value, isCode }) => (
          <Fragment key={`${code} ${value}`}>
            <dt title={description}>{code}</dt>
            <dd>
              {isCode ? (
                <Button type="link" size="small" className="term-link" onClick={() => onChoose(value)}>
                  {value}
                </Button>
              ) : (
                value
              )}
            </dd>
          </Fragment>
        ))}
      </dl>
    </Part>
  )
}

type NeighboursProps = {
  readonly title: string
  readonly concepts: readonly NameRow[]
  readonly onChoose: Props['onChoose']
  readonly children?: ReactNode
}

function Neighbours({ title, concepts, onChoose, children }: NeighboursProps) {
  return (
    <Part title={title}>
      <ul className="term-links">
        {concepts.map((each) => (
          <li key={each.code}>
            <CodeLink concept={each} onChoose={onChoose} />
            <Marks concept={each} />
          </li>
        ))}
      </ul>
      {children}
    </Part>
  )
}

function CodeLink({
  concept,
  onChoose,
}: {
  readonly concept: NameRow
  readonly onChoose: Props['onChoose']
}) {
  const { language } = useLook()
  return (
    <Button type="link" size="small" className="term-link" onClick={() => onChoose(concept.code)}>
      <span className="term-code">{concept.code}</span> {nameOf(concept, language)}
    </Button>
  )
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="term-part" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}
