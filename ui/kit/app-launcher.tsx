/** Starts a registered app of others for the patient whose record is open (SMART App Launch 2.2, EHR launch). */
import { AppstoreAddOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { kitWords } from './kit-words.ts'
import { useIsNarrow } from './narrow.ts'
import { FailureText } from './states.tsx'
import { useAct, useAsk } from './use-ask.ts'
import { useWords } from './words.ts'

/** Which apps were let in changes seldom. */
const staleAfterMs = 300_000

type Launchable = {
  readonly apps: readonly { readonly id: string; readonly name: string; readonly purpose: string }[]
}
type Props = {
  /** Logical id of the Patient. */
  readonly patient: string
  /** Logical id of the Encounter that is under way, where there is one. */
  readonly encounter?: string | undefined
}

export function AppLauncher({ patient, encounter }: Props) {
  const say = useWords(kitWords)
  const isNarrow = useIsNarrow()
  const answer = useAsk<Launchable>('/api/app-registry/launchable', { staleAfterMs })
  const act = useAct<string, { readonly url: string }>((app) => ({
    path: '/oauth2/launch',
    body: { app, patient, ...(encounter ? { encounter } : {}) },
  }))
  const apps = answer.state === 'ready' ? answer.data.apps : []
  if (apps.length === 0) return null
  const launch = async (app: string) => {
    const ran = await act.run(app)
    if (ran.isDone) window.open(ran.output.url, '_blank', 'noopener,noreferrer')
  }
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: apps.map(({ id, name, purpose }) => ({ key: id, label: name, title: purpose })),
          onClick: ({ key }) => void launch(key),
        }}
      >
        <Button
          type="text"
          size="small"
          icon={<AppstoreAddOutlined />}
          aria-label={say('apps')}
          loading={act.isRunning}
        >
          {isNarrow ? null : say('apps')}
        </Button>
      </Dropdown>
      {act.error ? (
        <span className="x-red" role="alert">
          <FailureText error={act.error} />
        </span>
      ) : null}
    </>
  )
}
