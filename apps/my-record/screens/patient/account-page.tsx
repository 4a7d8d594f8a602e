/** The account: who, on which devices, by which phone, with whom the record is shared; and its end. */
import { Answered, useAct, useAsk, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { words } from '../words.ts'
import { CloseAccount, PasswordPart, PhonePart } from './account-acts.tsx'
import { DelegationsPart } from './delegations-part.tsx'
import { Failure } from './failure.tsx'
import { AddChild, ProveIdentity } from './identity-part.tsx'
import { type PatientSession, sessionPath } from './session.ts'
import { Entry, Part } from './summary-page.tsx'

type Account = {
  readonly phoneEnd: string
  readonly name?: string
  readonly isProved: boolean
  readonly hasPassword: boolean
  readonly signIns: readonly {
    readonly at: string
    readonly outcome: 'allowed' | 'refused' | 'locked'
    readonly address?: string
  }[]
}
type Device = {
  readonly id: string
  readonly device?: string
  readonly address?: string
  readonly seen: string
  readonly isThis: boolean
}

type Props = {
  readonly session: PatientSession
  readonly onSignOut: () => Promise<void>
  readonly onChange: () => Promise<void>
}

const accountPath = `${sessionPath}/account`
const devicesPath = `${sessionPath}/sessions`

export function AccountPage({ onSignOut, onChange }: Props) {
  const say = useWords(words)
  const answer = useAsk<Account>(accountPath)
  return (
    <Answered answer={answer}>
      {(account) => (
        <>
          <section className="my-record-card">
            <h1>{account.name ?? say('account')}</h1>
            <p>
              {say('phoneEnd', { end: account.phoneEnd })} ·{' '}
              {say(account.isProved ? 'proved' : 'notYetProved')}
            </p>
            <Button onClick={() => void onSignOut()}>{say('signOut')}</Button>
          </section>
          {account.isProved ? (
            <>
              <DelegationsPart />
              <AddChild onDone={onChange} />
            </>
          ) : (
            <ProveIdentity onDone={onChange} />
          )}
          <Devices />
          <Apps />
          <PasswordPart hasPassword={account.hasPassword} accountPath={accountPath} />
          <PhonePart accountPath={accountPath} />
          <SignIns signIns={account.signIns} />
          <CloseAccount onClosed={onSignOut} />
        </>
      )}
    </Answered>
  )
}

function Devices() {
  const say = useWords(words)
  const times = useTimes()
  const answer = useAsk<{ readonly sessions: readonly Device[] }>(devicesPath)
  const end = useAct<string>((id) => ({ path: `${devicesPath}/${id}`, method: 'DELETE' }), {
    refreshes: [devicesPath],
  })
  return (
    <Answered answer={answer}>
      {({ sessions }) => (
        <>
          <Part title={say('sessions')} none="">
            {sessions.map(({ id, device, address, seen, isThis }) => (
              <Entry
                key={id}
                title={device ?? address ?? ''}
                mark={isThis ? say('thisDevice') : undefined}
                details={[address, say('lastSeen', { at: times.moment(seen) ?? seen })]}
              >
                {isThis ? null : (
                  <Button size="small" onClick={() => void end.run(id)}>
                    {say('endSession')}
                  </Button>
                )}
              </Entry>
            ))}
          </Part>
          <Failure error={end.error} />
        </>
      )}
    </Answered>
  )
}

const appsPath = `${sessionPath}/apps`
type LetIn = { readonly app: string; readonly name: string; readonly agreed: string }

function Apps() {
  const say = useWords(words)
  const times = useTimes()
  const answer = useAsk<{ readonly agreements: readonly LetIn[] }>(appsPath)
  const takeBack = useAct<string>((id) => ({ path: `${appsPath}/${id}`, method: 'DELETE' }), {
    refreshes: [appsPath],
  })
  return (
    <Answered answer={answer}>
      {({ agreements }) => (
        <Part title={say('apps')} none={say('noApps')}>
          {agreements.map(({ app, name, agreed }) => (
            <Entry key={app} title={name} details={[times.moment(agreed)]}>
              <Button size="small" onClick={() => void takeBack.run(app)}>
                {say('takeBack')}
              </Button>
            </Entry>
          ))}
        </Part>
      )}
    </Answered>
  )
}

function SignIns({ signIns }: Pick<Account, 'signIns'>) {
  const say = useWords(words)
  const times = useTimes()
  return (
    <Part title={say('signIns')} none="">
      {signIns.slice(0, mostShown).map(({ at, outcome, address }) => (
        <Entry
          key={`${at} ${outcome}`}
          title={say(`signIn_${outcome}`)}
          details={[times.full(at), address]}
        />
      ))}
    </Part>
  )
}

/** What a person looks through when something seems wrong. */
const mostShown = 10
