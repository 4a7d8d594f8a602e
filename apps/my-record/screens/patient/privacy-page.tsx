/** Who opened my record, what I allow, and what I ask for by right (个人信息保护法 Art. 15, 44–50). */
import { Answered, useAsk, useLook, useTimes, useWords } from '@xinglin/kit'
import type { Opening, OpeningsAnswer, Text } from '../../contract.ts'
import { words } from '../words.ts'
import { ConsentsPart } from './consents-part.tsx'
import { RequestsPart } from './requests-part.tsx'
import { Entry, Part } from './summary-page.tsx'

export function PrivacyPage({
  patient,
  mayDecide,
}: {
  readonly patient: string
  readonly mayDecide: boolean
}) {
  const say = useWords(words)
  if (!mayDecide) return <p>{say('notYours')}</p>
  return (
    <>
      <Openings patient={patient} />
      <ConsentsPart patient={patient} />
      <RequestsPart patient={patient} />
    </>
  )
}

const actions = ['looked', 'changed', 'other'] as const

function Openings({ patient }: { readonly patient: string }) {
  const say = useWords(words)
  const times = useTimes()
  const sayWho = useWho()
  const answer = useAsk<OpeningsAnswer>(`/api/my-record/${encodeURIComponent(patient)}/openings`)
  return (
    <Answered answer={answer}>
      {({ openings, hasMore }) => (
        <>
          <Part title={say('openings')} none={say('noOpenings')}>
            {openings.map((opening) => (
              <Entry
                key={`${opening.from} ${sayWho(opening.who)} ${opening.app ?? ''} ${opening.purpose ?? ''}`}
                title={sayWho(opening.who)}
                mark={opening.isRefused ? say('refused') : undefined}
                details={[
                  times.moment(opening.from),
                  actions
                    .filter((action) => opening.actions.includes(action))
                    .map((action) => say(action))
                    .join(' '),
                  say('accesses', { count: opening.accesses }),
                  opening.app ? say('byApp', { name: opening.app }) : undefined,
                  opening.purpose && opening.who.kind !== 'self'
                    ? say('purposeOf', { purpose: opening.purpose })
                    : undefined,
                ]}
              />
            ))}
          </Part>
          <p className="x-quiet">{say(hasMore ? 'openingsMore' : 'openingsHelp')}</p>
        </>
      )}
    </Answered>
  )
}

function useWho(): (who: Opening['who']) => string {
  const say = useWords(words)
  const { language } = useLook()
  const titles = (texts: readonly Text[]) => texts.map((text) => text[language])
  return (who) => {
    switch (who.kind) {
      case 'self':
        return say('you')
      case 'relative':
        return say('relative', { name: who.name })
      case 'system':
        return say('machine', { name: who.name })
      case 'platform':
        return say('platform')
      case 'staff':
        return [who.name, ...titles(who.roles), ...who.departments].join(' · ')
    }
  }
}
