/** Where one's account is open now, and which browsers know it: both can be ended. */
import { Answered, FailureText, Loading, useAct, useAsk, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { browserName } from './browser-name.ts'
import { shellWords } from './shell-words.ts'

type Session = {
  readonly id: string
  readonly address?: string
  readonly created: string
  readonly seen: string
  readonly isThis: boolean
}
type Device = {
  readonly id: string
  readonly label?: string
  readonly address?: string
  readonly lastUsed: string
  readonly isThis: boolean
}

const sessionsPath = '/api/session/sessions'
const devicesPath = '/api/session/devices'

export function MySessions({ children }: { readonly children: ReactNode }) {
  const say = useWords(shellWords)
  const times = useTimes()
  const answer = useAsk<{ readonly sessions: readonly Session[] }>(sessionsPath)
  return (
    <section>
      <h3>{say('mySessions')}</h3>
      <Answered answer={answer} loading={<Loading rows={2} />}>
        {({ sessions }) => (
          <Places
            path={sessionsPath}
            act={say('endSession')}
            places={sessions.map(({ id, address, created, seen, isThis }) => ({
              ...{ id, isThis, name: address ?? say('unknownAddress') },
              about: `${say('since', { at: times.moment(created) })} · ${say('lastSeen', { at: times.moment(seen) })}`,
            }))}
          />
        )}
      </Answered>
      {children}
    </section>
  )
}

export function MyDevices() {
  const say = useWords(shellWords)
  const times = useTimes()
  const answer = useAsk<{ readonly devices: readonly Device[] }>(devicesPath)
  return (
    <section>
      <h3>{say('myDevices')}</h3>
      <p className="x-quiet">{say('myDevicesHelp')}</p>
      <Answered answer={answer} loading={<Loading rows={2} />}>
        {({ devices }) =>
          devices.length === 0 ? (
            <p className="x-quiet">{say('noDevices')}</p>
          ) : (
            <Places
              path={devicesPath}
              act={say('forgetDevice')}
              places={devices.map(({ id, label, address, lastUsed, isThis }) => ({
                ...{ id, isThis, name: browserName(label) ?? say('unknownBrowser') },
                about: [address, say('lastSeen', { at: times.moment(lastUsed) })].filter(Boolean).join(' · '),
              }))}
            />
          )
        }
      </Answered>
    </section>
  )
}

type Place = {
  readonly id: string
  readonly name: string
  readonly about: string
  readonly isThis: boolean
}

function Places({
  path,
  act,
  places,
}: {
  readonly path: string
  readonly act: string
  readonly places: readonly Place[]
}) {
  const say = useWords(shellWords)
  const end = useAct<string>((id) => ({ path: `${path}/${id}`, method: 'DELETE' }), { refreshes: [path] })
  return (
    <>
      <ul className="s-places">
        {places.map(({ id, name, about, isThis }) => (
          <li key={id}>
            <span>
              {name} {isThis ? <strong>{say('thisBrowser')}</strong> : null}
              <span className="x-quiet">{about}</span>
            </span>
            {isThis && path === sessionsPath ? null : (
              <Button
                size="small"
                aria-label={`${act} ${name}`}
                loading={end.isRunning}
                onClick={() => void end.run(id)}
              >
                {act}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {end.error ? (
        <div className="x-red" role="alert">
          <FailureText error={end.error} />
        </div>
      ) : null}
    </>
  )
}
