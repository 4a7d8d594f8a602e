/** Who is linked to a provider, who has left it, and inviting somebody who has an account. */
import { Answered, useAct, useAsk, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button, Input } from 'antd'
import { useState } from 'react'
import type { LinkedPeopleAnswer, LinkedPersonRow } from '../sign-in-contract.ts'
import { ActDialog } from './act-dialog.tsx'
import { Field } from './field.tsx'
import { PlainTable } from './plain-table.tsx'
import { useRoles } from './roles-answer.ts'
import { ShownOnce } from './shown-once.tsx'
import { providersPath } from './sign-in-path.ts'
import { signInWords } from './sign-in-words.ts'

export function ProviderPeople({ id }: { readonly id: string }) {
  const answer = useAsk<LinkedPeopleAnswer>(`${providersPath}/${id}/people`)
  return (
    <section className="a-part">
      <Invite id={id} />
      <Answered answer={answer}>{({ people }) => <People id={id} people={people} />}</Answered>
    </section>
  )
}

function People({ id, people }: { readonly id: string; readonly people: readonly LinkedPersonRow[] }) {
  const say = useWords(signInWords)
  const times = useTimes()
  const { titlesOf } = useRoles()
  const mayWrite = useMay('administration.upstream.write')
  const [leaving, setLeaving] = useState<LinkedPersonRow>()
  const unlink = useAct<string>(
    (reason) => ({
      path: `${providersPath}/${id}/unlink`,
      body: { reason, account: leaving?.account ?? '' },
    }),
    { refreshes: [providersPath] },
  )
  return (
    <>
      <PlainTable
        columns={[
          {
            title: say('login'),
            draw: ({ display, login, disabled }) => (
              <>
                {display} <code>{login}</code>
                {disabled ? <p className="x-red">{say('left', { at: times.full(disabled) })}</p> : null}
              </>
            ),
          },
          { title: say('upstreamLogin'), isWide: true, draw: ({ upstreamLogin }) => upstreamLogin },
          {
            title: say('rolesByGroups'),
            draw: ({ rolesByGroups }) => titlesOf(rolesByGroups) || say('none'),
          },
          {
            title: say('lastSignIn'),
            isWide: true,
            draw: ({ lastSignIn }) => (lastSignIn ? times.moment(lastSignIn) : say('never')),
          },
          {
            title: '',
            draw: (person) =>
              mayWrite ? (
                <Button size="small" onClick={() => setLeaving(person)}>
                  {say('unlink')}
                </Button>
              ) : null,
          },
        ]}
        rows={people}
        keyOf={({ account }) => account}
        empty={say('noPeople')}
      />
      {leaving ? (
        <ActDialog
          title={say('unlink')}
          text={say('unlinkText', { name: leaving.display })}
          act={unlink}
          onDone={() => setLeaving(undefined)}
          onCancel={() => setLeaving(undefined)}
        />
      ) : null}
    </>
  )
}

function Invite({ id }: { readonly id: string }) {
  const say = useWords(signInWords)
  const mayWrite = useMay('administration.upstream.write')
  const [isAsking, setAsking] = useState(false)
  const [login, setLogin] = useState('')
  const [code, setCode] = useState<string>()
  const invite = useAct<string, { readonly code: string }>((reason) => ({
    path: `${providersPath}/${id}/invite`,
    body: { reason, login: login.trim() },
  }))
  if (!mayWrite) return null
  if (code !== undefined)
    return (
      <ShownOnce
        title={say('inviteTitle')}
        help={say('inviteHelp', { name: login })}
        secret={`${location.origin}/#invitation=${encodeURIComponent(code)}`}
        onClose={() => setCode(undefined)}
      />
    )
  return (
    <p>
      <Button onClick={() => setAsking(true)}>{say('invite')}</Button>
      {isAsking ? (
        <ActDialog
          title={say('invite')}
          text={say('inviteText')}
          act={invite}
          fields={['login']}
          onDone={(given) => {
            setAsking(false)
            setCode(given.code)
          }}
          onCancel={() => setAsking(false)}
        >
          <Field name="login" label={say('inviteLogin')} {...(invite.error ? { error: invite.error } : {})}>
            <Input autoComplete="off" value={login} onChange={({ target }) => setLogin(target.value)} />
          </Field>
        </ActDialog>
      ) : null}
    </p>
  )
}
