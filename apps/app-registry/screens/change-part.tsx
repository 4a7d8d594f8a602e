/** The change that waits: what stands now beside what would stand then, and the second person's decision. */
import { ReasonDialog, useAct, useMay, useMe, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import { type AboutAnswer, type AppRow, appRegistryPaths, type KeyShown } from '../contract.ts'
import { keyText } from './about-parts.tsx'
import { Lines } from './lines.tsx'
import { registryWords, type SayRegistry } from './words.ts'

type Change = NonNullable<AboutAnswer['change']>
type Props = { readonly app: AppRow; readonly keys: readonly KeyShown[]; readonly change: Change }
type Verb = 'approve' | 'reject'
const words = {
  approve: { act: 'approveChange', text: 'approveChangeText' },
  reject: { act: 'rejectChange', text: 'rejectChangeText' },
} as const

export function ChangePart({ app, keys, change }: Props) {
  const say = useWords(registryWords)
  const times = useTimes()
  const who = change.proposedByDisplay
  const at = times.full(change.proposed) ?? change.proposed
  return (
    <section className="ar-part ar-change" aria-label={say('changeWaits')}>
      <h3>{say('changeWaits')}</h3>
      <p>{say('changeBy', { who, at, reason: change.reason })}</p>
      <table className="ar-differences">
        <thead>
          <tr>
            <td />
            <th scope="col">{say('was')}</th>
            <th scope="col">{say('becomes')}</th>
          </tr>
        </thead>
        <tbody>
          {differences(say, { app, keys, change }).map(({ name, was, becomes }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <Lines lines={was} />
              </td>
              <td>
                <Lines lines={becomes} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Decide app={app} change={change} />
    </section>
  )
}

type Difference = {
  readonly name: string
  readonly was: readonly string[]
  readonly becomes: readonly string[]
}

function differences(say: SayRegistry, { app, keys, change }: Props): readonly Difference[] {
  const { content } = change
  const one = (text: string | undefined) => (text === undefined ? [] : [text])
  const all: readonly Difference[] = [
    { name: say('name'), was: [app.name], becomes: [content.name] },
    { name: say('publisher'), was: [app.publisher], becomes: [content.publisher] },
    { name: say('purpose'), was: [app.purpose], becomes: [content.purpose] },
    { name: say('redirectUris'), was: app.redirectUris, becomes: content.redirectUris },
    { name: say('postLogoutUris'), was: app.postLogoutUris ?? [], becomes: content.postLogoutUris ?? [] },
    { name: say('launchUrl'), was: one(app.launchUrl), becomes: one(content.launchUrl) },
    { name: say('scopes'), was: app.scopes, becomes: content.scopes },
    { name: say('jwksUri'), was: one(app.jwksUri), becomes: one(content.jwksUri) },
    { name: say('keys'), was: keys.map(keyText), becomes: change.keys.map(keyText) },
  ]
  return all.filter(({ was, becomes }) => was.join(' ') !== becomes.join(' '))
}

function Decide({ app, change }: Pick<Props, 'app' | 'change'>) {
  const say = useWords(registryWords)
  const me = useMe()
  const mayReview = useMay('app-registry.apps.review')
  const [verb, setVerb] = useState<Verb>()
  const act = useAct(
    (reason: string) => ({ path: `${appRegistryPaths.apps}/${app.id}/change/${verb}`, body: { reason } }),
    { refreshes: ['/api/app-registry'] },
  )
  if (!mayReview) return null
  const isOwn = change.proposedBy === me?.reference
  const run = async (reason: string) => {
    const ran = await act.run(reason)
    if (ran.isDone) setVerb(undefined)
  }
  return (
    <div className="ar-acts">
      {isOwn ? null : (
        <Button type="primary" onClick={() => setVerb('approve')}>
          {say('approveChange')}
        </Button>
      )}
      <Button onClick={() => setVerb('reject')}>{say('rejectChange')}</Button>
      {isOwn ? <p className="x-quiet">{say('changeOwn')}</p> : null}
      {verb ? (
        <ReasonDialog
          isOpen
          title={say(words[verb].act)}
          act={say(words[verb].act)}
          isRunning={act.isRunning}
          {...(act.error ? { error: act.error } : {})}
          onAct={run}
          onCancel={() => {
            act.reset()
            setVerb(undefined)
          }}
        >
          <p>{say(words[verb].text, { name: app.name, id: app.id })}</p>
        </ReasonDialog>
      ) : null}
    </div>
  )
}
