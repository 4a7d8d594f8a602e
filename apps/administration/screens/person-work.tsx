/** Where a person works, his licences, and what was changed of him, with the acts upon them. */
import { Facts, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import type { PositionRow, StaffPersonAnswer } from '../contract.ts'
import { PlainTable } from './plain-table.tsx'
import { useRoles } from './roles-answer.ts'
import { type StaffAct, StaffActDialog } from './staff-acts.tsx'
import { type StaffWord, staffWords } from './staff-words.ts'

type Props = { readonly person: StaffPersonAnswer }

export function PersonWork({ person }: Props) {
  const say = useWords(staffWords)
  const times = useTimes()
  const { titlesOf } = useRoles()
  const [act, setAct] = useState<StaffAct>()
  const mayAct = person.may.administer
  return (
    <>
      <section className="a-part">
        <h2>{say('positions')}</h2>
        {person.positions.length === 0 ? <p className="x-quiet">{say('noPositions')}</p> : null}
        {person.positions.map((position) => (
          <Position
            key={position.id}
            position={position}
            onEnd={mayAct ? () => setAct({ kind: 'endPosition', position }) : undefined}
          />
        ))}
        <Facts
          facts={[
            [say('employee'), person.employee],
            [say('byPosition'), titlesOf(person.given)],
            person.leaves ? [say('leaves'), times.full(person.leaves)] : undefined,
            [say('badge'), person.hasBadge ? say('hasBadge') : ''],
          ]}
        />
        {mayAct ? (
          <div className="a-acts">
            <Button onClick={() => setAct({ kind: 'addPosition' })}>{say('addPosition')}</Button>
            <Button onClick={() => setAct({ kind: 'describe' })}>{say('describe')}</Button>
            {person.hasBadge ? (
              <Button danger onClick={() => setAct({ kind: 'removeBadge' })}>
                {say('removeBadge')}
              </Button>
            ) : null}
          </div>
        ) : null}
      </section>
      <section className="a-part">
        <h2>{say('licences')}</h2>
        <PlainTable
          rows={person.licences}
          keyOf={({ kind, number }) => `${kind} ${number}`}
          empty={say('noLicences')}
          columns={[
            { title: say('licenceKind'), draw: ({ kind }) => kind },
            { title: say('licenceNumber'), draw: ({ number }) => number },
            { title: say('until'), draw: ({ until }) => <LicenceEnd until={until} /> },
          ]}
        />
      </section>
      <Changes person={person} />
      {act ? (
        <StaffActDialog key={act.kind} act={act} person={person} onClose={() => setAct(undefined)} />
      ) : null}
    </>
  )
}

type PositionProps = { readonly position: PositionRow; readonly onEnd: (() => void) | undefined }

function Position({ position, onEnd }: PositionProps) {
  const say = useWords(staffWords)
  const times = useTimes()
  const { titlesOf } = useRoles()
  const { department, locations, title, specialty, since, until, isCurrent, roles } = position
  const isPast = !isCurrent && until !== undefined && Date.parse(until) <= Date.now()
  return (
    <div className={`a-position ${isCurrent ? '' : 'x-quiet'}`}>
      <div>
        <strong>{department?.name ?? '–'}</strong> {[title, specialty].filter(Boolean).join(' · ')}
        {isCurrent ? null : ` (${say(isPast ? 'past' : 'planned')})`}
      </div>
      <div className="x-quiet">
        {locations.map(({ name }) => `${name} `)}
        {since ? times.moment(since) : '…'} – {until ? times.moment(until) : '…'}
        {roles.length > 0 ? ` · ${say('gives')}: ${titlesOf(roles)}` : null}
      </div>
      {onEnd && !isPast ? (
        <Button size="small" onClick={onEnd}>
          {say('endPosition')}
        </Button>
      ) : null}
    </div>
  )
}

/** The last day of a licence: red once it has passed, amber within sixty days, each with a sign. */
export function LicenceEnd({ until }: { readonly until: string | undefined }) {
  if (!until) return <span className="x-quiet">–</span>
  const daysLeft = (Date.parse(until) - Date.now()) / 86_400_000
  if (daysLeft < 0) return <span className="x-red">✕ {until}</span>
  if (daysLeft < 60) return <span className="x-amber">▲ {until}</span>
  return <span>{until}</span>
}

function Changes({ person }: Props) {
  const say = useWords(staffWords)
  const times = useTimes()
  const isWord = (key: string): key is StaffWord => Object.hasOwn(staffWords.zh, key)
  const wordOf = (what: string) => {
    const key = `act-${what}`
    return isWord(key) ? say(key) : what
  }
  return (
    <section className="a-part">
      <h2>{say('history')}</h2>
      <PlainTable
        rows={person.changes.map((change, index) => ({ ...change, key: `${change.at} ${index}` }))}
        keyOf={({ key }) => key}
        empty={say('noHistory')}
        columns={[
          { title: say('when'), draw: ({ at }) => times.moment(at) },
          {
            title: say('history'),
            draw: ({ what, reason }) => (
              <>
                {wordOf(what)} {reason ? <span className="x-quiet">{reason}</span> : null}
              </>
            ),
          },
          { title: say('who'), isWide: true, draw: ({ by }) => by },
        ]}
      />
    </section>
  )
}
