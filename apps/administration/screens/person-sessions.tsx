/** Where a person is signed in, with the way to end it. */
import { Answered, Loading, useAct, useAsk, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import type { PersonRow, SessionRow, SessionsAnswer } from '../contract.ts'
import { ActDialog } from './act-dialog.tsx'
import { administrationWords } from './administration-words.ts'
import { staffRefreshes } from './staff-answers.ts'

export function PersonSessions({ person }: { readonly person: PersonRow }) {
  const say = useWords(administrationWords)
  const times = useTimes()
  const mayEnd = useMay('administration.sessions.write')
  const [ending, setEnding] = useState<SessionRow>()
  const answer = useAsk<SessionsAnswer>(
    `/api/administration/sessions?account=${encodeURIComponent(person.id)}`,
  )
  return (
    <section className="a-part">
      <h2>{say('sessions')}</h2>
      <Answered answer={answer} loading={<Loading rows={2} />}>
        {({ sessions }) =>
          sessions.length === 0 ? (
            <p className="x-quiet">{say('noSessions')}</p>
          ) : (
            <div className="a-scroll">
              <table className="a-table">
                <thead>
                  <tr>
                    <th>{say('address')}</th>
                    <th>{say('since')}</th>
                    <th>{say('lastSeen')}</th>
                    <th />
                  </tr>
                </thead>
                <tbody>
                  {sessions.map((session) => (
                    <tr key={session.id}>
                      <td>{session.address ?? say('unknownAddress')}</td>
                      <td>{times.moment(session.created)}</td>
                      <td>{times.moment(session.seen)}</td>
                      <td className="x-right">
                        {mayEnd ? (
                          <Button size="small" onClick={() => setEnding(session)}>
                            {say('endSession')}
                          </Button>
                        ) : null}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Answered>
      {ending ? <EndSession session={ending} onClose={() => setEnding(undefined)} /> : null}
    </section>
  )
}

function EndSession({ session, onClose }: { readonly session: SessionRow; readonly onClose: () => void }) {
  const say = useWords(administrationWords)
  const act = useAct<string>(
    (reason) => ({ path: `/api/administration/sessions/${session.id}/revoke`, body: { reason } }),
    { refreshes: staffRefreshes },
  )
  const text = say('endSessionText', {
    name: session.display,
    login: session.login,
    address: session.address ?? say('unknownAddress'),
  })
  return <ActDialog title={say('endSession')} text={text} act={act} onDone={onClose} onCancel={onClose} />
}
