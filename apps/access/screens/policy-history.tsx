/** What was a policy at each time, who changed it and why? An older one is gone back to by saving it again. */
import { Answered, useAsk, useLook, useTimes, useWords } from '@xinglin/kit'
import { Button, Modal } from 'antd'
import { type Policy, policiesPath, type VersionsAnswer } from '../contract.ts'
import { words } from './words.ts'
import './access.css'

type Props = {
  readonly policy: Policy
  /** Absent: the reader may not go back to one. */
  readonly onRestore?: (policy: Policy) => void
  readonly onClose: () => void
}

export function PolicyHistory({ policy, onRestore, onClose }: Props) {
  const say = useWords(words)
  const times = useTimes()
  const { language } = useLook()
  const answer = useAsk<VersionsAnswer>(`${policiesPath}/${encodeURIComponent(policy.id)}/versions`)
  return (
    <Modal open title={`${say('history')}: ${policy.title[language]}`} footer={null} onCancel={onClose}>
      <Answered answer={answer}>
        {({ versions }) => (
          <ol className="access-versions">
            {versions.map((version, place) => {
              const { policy: content } = version
              return (
                <li key={version.number} data-version={version.number}>
                  <div>
                    <strong>{say('versionNumber', { number: version.number })}</strong>{' '}
                    {times.moment(version.at)} · {version.byDisplay ?? version.by}
                  </div>
                  <div className="x-quiet">{version.reason}</div>
                  {content ? (
                    <ul>
                      {differences(content, versions[place + 1]?.policy).map(([name, before, after]) => (
                        <li key={name}>
                          {say(labels[name])}: {before === undefined ? '' : `${before} → `}
                          {after}
                        </li>
                      ))}
                    </ul>
                  ) : (
                    <div className="x-red">{say('wasRemoved')}</div>
                  )}
                  {onRestore && content && place > 0 ? (
                    <Button size="small" onClick={() => onRestore(content)}>
                      {say('restore')}
                    </Button>
                  ) : null}
                </li>
              )
            })}
          </ol>
        )}
      </Answered>
    </Modal>
  )
}

const labels = {
  role: 'role',
  types: 'types',
  interactions: 'interactions',
  patients: 'patients',
  afterDays: 'afterDays',
  purposes: 'purposes',
  hidden: 'hidden',
  isActive: 'active',
} as const
type Name = keyof typeof labels

/** What differs from the version before; everything where there was none. */
function differences(
  after: Policy,
  before: Policy | undefined,
): readonly (readonly [name: Name, before: string | undefined, after: string])[] {
  const names = Object.keys(labels) as readonly Name[]
  return names.flatMap((name) => {
    const now = textOf(after[name])
    const then = before && textOf(before[name])
    return now === then ? [] : [[name, then, now] as const]
  })
}

function textOf(value: Policy[Name]): string {
  return Array.isArray(value) ? value.join(' ') || '–' : String(value)
}
