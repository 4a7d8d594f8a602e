/** What did personnel tell, and what came of it? */
import { Answered, Empty, Go, useAskPages, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { administrationScreens, type PersonnelEventsAnswer } from '../contract.ts'
import { administrationWords } from './administration-words.ts'
import { PlainTable } from './plain-table.tsx'
import { useRoles } from './roles-answer.ts'
import { staffPath } from './staff-answers.ts'
import { staffWords } from './staff-words.ts'

export function PersonnelEvents() {
  const say = useWords(staffWords)
  const sayCommon = useWords(administrationWords)
  const times = useTimes()
  const { titlesOf } = useRoles()
  const { answer, more, isLoadingMore } = useAskPages<PersonnelEventsAnswer>(`${staffPath}/events`, 'before')
  return (
    <Answered answer={answer}>
      {(pages) => {
        const events = pages.flatMap((page) => page.events)
        if (events.length === 0) return <Empty title={say('noEvents')}>{say('noEventsHelp')}</Empty>
        return (
          <>
            <PlainTable
              rows={events}
              keyOf={({ event }) => event}
              empty={say('noEvents')}
              columns={[
                { title: say('received'), draw: ({ received }) => times.moment(received) },
                { title: say('events'), draw: ({ kind }) => say(`event-${kind}`) },
                {
                  title: say('who'),
                  draw: ({ account, login, employee }) => (
                    <Go
                      to={`${administrationScreens.people}?text=${encodeURIComponent(login)}&person=${account}`}
                    >
                      {`${login} · ${employee}`}
                    </Go>
                  ),
                },
                {
                  title: say('effective'),
                  draw: ({ effective, state }) => (
                    <>
                      {times.moment(effective)}{' '}
                      <span className={state === 'done' ? 'x-green' : 'x-blue'}>
                        {state === 'done' ? `✓ ${say('done')}` : `◷ ${say('plannedEvent')}`}
                      </span>
                    </>
                  ),
                },
                { title: sayCommon('roles'), isWide: true, draw: ({ roles }) => titlesOf(roles) || '–' },
                { title: say('from'), isWide: true, draw: ({ from }) => from },
              ]}
            />
            {more ? (
              <Button loading={isLoadingMore} onClick={more}>
                …
              </Button>
            ) : null}
          </>
        )
      }}
    </Answered>
  )
}
