/** Which fields lie encrypted in the database, and how far is that carried out? */
import { Answered, Empty, ReasonDialog, useAct, useAsk, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button, Checkbox, Input, Progress } from 'antd'
import { useState } from 'react'
import { privacyPermissions, type SealingAnswer, type SealingRow } from '../contract.ts'
import { type PrivacyWord, words } from './words.ts'
import './privacy.css'

const path = '/api/privacy/sealing'
/** While older resources are gone through. */
const everyMs = 3_000
const elementWords: Readonly<Record<string, PrivacyWord>> = {
  telecom: 'sealTelecom',
  address: 'sealAddress',
  contact: 'sealContact',
  photo: 'sealPhoto',
}
const typeWords: Readonly<Record<string, PrivacyWord>> = {
  Patient: 'patient',
  RelatedPerson: 'sealRelated',
  Person: 'sealPerson',
  Practitioner: 'sealPractitioner',
}

export function SealingScreen() {
  const say = useWords(words)
  const mayWrite = useMay(privacyPermissions.writeSealing)
  const answer = useAsk<SealingAnswer>(path, { everyMs })
  const [isChanging, setChanging] = useState(false)
  return (
    <div className="privacy-page">
      <p className="x-quiet">{say('sealingHelp')}</p>
      <Answered answer={answer}>
        {(sealing) => (
          <>
            {mayWrite ? (
              <Button type="primary" disabled={isUnderWay(sealing)} onClick={() => setChanging(true)}>
                {say(sealing.choices[0]?.isOn ? 'change' : 'sealNow')}
              </Button>
            ) : null}
            {sealing.choices.length === 0 ? (
              <Empty title={say('nothingSealed')}>{say('nothingSealedHelp')}</Empty>
            ) : (
              <Choices choices={sealing.choices} />
            )}
            {isChanging ? <ChooseDialog sealing={sealing} onClose={() => setChanging(false)} /> : null}
          </>
        )}
      </Answered>
    </div>
  )
}

function isUnderWay({ choices: [newest] }: SealingAnswer): boolean {
  return newest !== undefined && newest.phase !== 'done'
}

function Choices({ choices }: { readonly choices: readonly SealingRow[] }) {
  const say = useWords(words)
  const times = useTimes()
  return (
    <div className="privacy-scroll">
      <table className="privacy-table">
        <thead>
          <tr>
            <th>{say('sealVersion')}</th>
            <th>{say('sealed')}</th>
            <th>{say('state')}</th>
            <th>{say('reason')}</th>
          </tr>
        </thead>
        <tbody>
          {choices.map((choice) => (
            <tr key={choice.version} data-phase={choice.phase}>
              <td>
                {choice.version} · {times.moment(choice.at)}
              </td>
              <td>
                <Fields fields={choice} />
              </td>
              <td>
                {choice.phase === 'done' ? (
                  `✓ ${say('sealDone')}`
                ) : (
                  <Progress
                    percent={Math.floor(choice.share * 100)}
                    size="small"
                    aria-label={say('sealGoesOn')}
                  />
                )}
              </td>
              <td>{choice.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Fields({
  fields: { systems, elements },
}: {
  readonly fields: Pick<SealingRow, 'systems' | 'elements'>
}) {
  const say = useWords(words)
  if (systems.length + elements.length === 0) return <span className="x-quiet">{say('nothingSealed')}</span>
  return (
    <ul className="privacy-fields">
      {elements.map((element) => (
        <li key={element}>
          <ElementWords element={element} />
        </li>
      ))}
      {systems.map((system) => (
        <li key={system}>
          {say('sealNumbers')} <code>{system}</code>
        </li>
      ))}
    </ul>
  )
}

function ElementWords({ element }: { readonly element: string }) {
  const say = useWords(words)
  const [type = '', name = ''] = element.split('.')
  const [typeWord, nameWord] = [typeWords[type], elementWords[name]]
  return <>{typeWord && nameWord ? `${say(typeWord)} · ${say(nameWord)}` : element}</>
}

function ChooseDialog({
  sealing,
  onClose,
}: {
  readonly sealing: SealingAnswer
  readonly onClose: () => void
}) {
  const say = useWords(words)
  const start = sealing.choices[0]?.isOn ? sealing.choices[0] : sealing.usual
  const [elements, setElements] = useState<readonly string[]>(start.elements)
  const [systems, setSystems] = useState(start.systems.join('\n'))
  const act = useAct(
    (reason: string) => ({
      path,
      body: { elements, systems: systems.split(/\s+/).filter((system) => system !== ''), reason },
    }),
    { refreshes: [path] },
  )
  const run = async (reason: string) => {
    const ran = await act.run(reason)
    if (ran.isDone) onClose()
  }
  return (
    <ReasonDialog
      isOpen
      title={say('chooseSealed')}
      act={say('save')}
      isRunning={act.isRunning}
      {...(act.error ? { error: act.error } : {})}
      onAct={(reason) => void run(reason)}
      onCancel={onClose}
    >
      <p className="x-quiet">{say('chooseSealedHelp')}</p>
      <Checkbox.Group<string>
        className="privacy-choices"
        value={[...elements]}
        options={sealing.elements.map((value) => ({ value, label: <ElementWords element={value} /> }))}
        onChange={(next) => setElements(next)}
      />
      <p className="privacy-systems">{say('sealSystems')}</p>
      <Input.TextArea
        rows={2}
        value={systems}
        aria-label={say('sealSystems')}
        onChange={(event) => setSystems(event.target.value)}
      />
    </ReasonDialog>
  )
}
