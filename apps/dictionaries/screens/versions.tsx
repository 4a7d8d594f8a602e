/** Which versions were published, what did each change, and which systems have taken them over? */
import {
  Answered,
  Empty,
  FailureText,
  Side,
  useAct,
  useAsk,
  useMay,
  useScreen,
  useTimes,
  useWords,
} from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import {
  type ChangesAnswer,
  dictionariesPath,
  dictionaryPermissions,
  type Subscriber,
  type VersionsAnswer,
} from '../contract.ts'
import type { PartProps } from './dictionary.tsx'
import { Published } from './entry-detail.tsx'
import { SubscribeForm } from './forms.tsx'
import { words } from './words.ts'

export function VersionsPart({ dictionary }: PartProps) {
  const say = useWords(words)
  const times = useTimes()
  const { search, setSearch } = useScreen()
  const path = `${dictionariesPath}/dictionaries/${encodeURIComponent(dictionary.key)}/versions`
  const answer = useAsk<VersionsAnswer>(path)
  const chosen = search.get('chosen')
  return (
    <div className="dict-body">
      <div className="dict-scroll">
        <Answered answer={answer}>
          {({ versions, subscribers }) => (
            <>
              {versions.length === 0 ? <Empty title={say('noVersions')} /> : null}
              <ol className="dict-versions">
                {versions.map(({ number, at, by, note, taken, ...counts }) => (
                  <li key={number} data-version={number}>
                    <Button type="link" onClick={() => setSearch({ chosen: String(number) })}>
                      {say('ofVersion', { number })}
                    </Button>
                    <span>
                      {times.moment(at)} · {by}
                    </span>
                    <span>{note}</span>
                    <span className="x-quiet">
                      {say('counts', counts)} · {say('taken', { taken })}
                    </span>
                  </li>
                ))}
              </ol>
              <Subscribers dictionary={dictionary} subscribers={subscribers} />
            </>
          )}
        </Answered>
      </div>
      {chosen && /^\d+$/.test(chosen) ? (
        <Changes
          path={`${path}/${chosen}`}
          number={chosen}
          onClose={() => setSearch({ chosen: undefined })}
        />
      ) : null}
    </div>
  )
}

function Subscribers({
  dictionary,
  subscribers,
}: PartProps & { readonly subscribers: readonly Subscriber[] }) {
  const say = useWords(words)
  const mayManage = useMay(dictionaryPermissions.manage)
  const [isAsking, setAsking] = useState(false)
  return (
    <section aria-label={say('subscribers')} className="dict-subscribers">
      <h2>{say('subscribers')}</h2>
      {subscribers.length === 0 ? <p className="x-quiet">{say('noSubscribers')}</p> : null}
      <ul>
        {subscribers.map((subscriber) => (
          <Line
            key={subscriber.subscriber}
            dictionary={dictionary}
            subscriber={subscriber}
            mayManage={mayManage}
          />
        ))}
      </ul>
      {mayManage ? <Button onClick={() => setAsking(true)}>{say('subscribe')}</Button> : null}
      {isAsking ? <SubscribeForm dictionary={dictionary} onClose={() => setAsking(false)} /> : null}
    </section>
  )
}

type LineProps = PartProps & { readonly subscriber: Subscriber; readonly mayManage: boolean }

function Line({ dictionary, subscriber: { subscriber, title, number, at }, mayManage }: LineProps) {
  const say = useWords(words)
  const times = useTimes()
  const end = useAct<undefined>(
    () => ({
      path: `${dictionariesPath}/commands/unsubscribe`,
      body: { dictionary: dictionary.key, subscriber },
    }),
    { refreshes: [dictionariesPath] },
  )
  const isBehind = (number ?? 0) < dictionary.version
  return (
    <li data-subscriber={subscriber}>
      <strong>{title}</strong> <span className="x-quiet">{subscriber}</span>{' '}
      <span className={isBehind ? 'x-amber' : ''}>
        {isBehind ? '○ ' : '✓ '}
        {number === undefined ? say('tookNone') : say('tookVersion', { number, time: times.moment(at) })}
      </span>{' '}
      {mayManage ? (
        <Button size="small" loading={end.isRunning} onClick={() => void end.run(undefined)}>
          {say('unsubscribe')}
        </Button>
      ) : null}
      {end.error ? (
        <span className="x-red" role="alert">
          <FailureText error={end.error} />
        </span>
      ) : null}
    </li>
  )
}

type ChangesProps = { readonly path: string; readonly number: string; readonly onClose: () => void }

function Changes({ path, number, onClose }: ChangesProps) {
  const say = useWords(words)
  const answer = useAsk<ChangesAnswer>(path)
  return (
    <Side isWide title={say('versionChanges', { number })} onClose={onClose}>
      <Answered answer={answer}>
        {({ changes, isCut }) => (
          <>
            {isCut ? <p className="x-quiet">{say('cut')}</p> : null}
            <ul className="dict-changes">
              {changes.map(({ code, change, before, after }) => (
                <li key={code} data-change={change}>
                  <strong>{code}</strong> {say(`change-${change}`)} <Published text={after} />
                  {before ? (
                    <div className="x-quiet">
                      {say('before')} <Published text={before} />
                    </div>
                  ) : null}
                </li>
              ))}
            </ul>
          </>
        )}
      </Answered>
    </Side>
  )
}
