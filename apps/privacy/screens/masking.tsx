/** What does each role see masked, and which work under a watermark? */
import { Answered, ReasonDialog, useAct, useAsk, useLook, useMay, useWords } from '@xinglin/kit'
import { Button, Checkbox } from 'antd'
import { useState } from 'react'
import { type MaskedField, type MaskRow, type MasksAnswer, privacyPermissions } from '../contract.ts'
import { type PrivacyWord, words } from './words.ts'
import './privacy.css'

const path = '/api/privacy/masks'
const fields: readonly (readonly [MaskedField, PrivacyWord])[] = [
  ['name', 'maskName'],
  ['identity-number', 'maskIdentity'],
  ['phone', 'maskPhone'],
  ['address', 'maskAddress'],
]

export function MaskingScreen() {
  const say = useWords(words)
  const { language } = useLook()
  const mayWrite = useMay(privacyPermissions.writeMasking)
  const answer = useAsk<MasksAnswer>(path)
  const [changing, setChanging] = useState<MaskRow>()
  return (
    <div className="privacy-page">
      <p className="x-quiet">{say('maskingHelp')}</p>
      <Answered answer={answer}>
        {({ masks }) => (
          <div className="privacy-scroll">
            <table className="privacy-table">
              <thead>
                <tr>
                  <th>{say('role')}</th>
                  <th>{say('masked')}</th>
                  <th>{say('watermark')}</th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {masks.map((mask) => (
                  <tr key={mask.role} data-role={mask.role}>
                    <td>{mask.title[language]}</td>
                    <td>
                      <MaskWords mask={mask} />
                    </td>
                    <td>{mask.hasWatermark ? `✓ ${say('yes')}` : say('no')}</td>
                    <td>
                      {mayWrite ? (
                        <Button size="small" onClick={() => setChanging(mask)}>
                          {say('change')}
                        </Button>
                      ) : null}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Answered>
      {changing ? <ChangeMask mask={changing} onClose={() => setChanging(undefined)} /> : null}
    </div>
  )
}

function MaskWords({ mask }: { readonly mask: MaskRow }) {
  const say = useWords(words)
  const { language } = useLook()
  const masked = fields.filter(([field]) => mask.fields.includes(field)).map(([, word]) => say(word))
  if (masked.length === 0) return <span className="x-quiet">{say('nothingMasked')}</span>
  return <>{masked.join(language === 'zh' ? '、' : ', ')}</>
}

function ChangeMask({ mask, onClose }: { readonly mask: MaskRow; readonly onClose: () => void }) {
  const say = useWords(words)
  const { language } = useLook()
  const [chosen, setChosen] = useState<readonly MaskedField[]>(mask.fields)
  const [hasWatermark, setWatermark] = useState(mask.hasWatermark)
  const act = useAct(
    (reason: string) => ({
      path: `${path}/${encodeURIComponent(mask.role)}`,
      body: { fields: chosen, hasWatermark, reason },
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
      title={say('changeMask', { role: mask.title[language] })}
      act={say('save')}
      isRunning={act.isRunning}
      {...(act.error ? { error: act.error } : {})}
      onAct={(reason) => void run(reason)}
      onCancel={onClose}
    >
      <Checkbox.Group<MaskedField>
        value={[...chosen]}
        options={fields.map(([value, word]) => ({ value, label: say(word) }))}
        onChange={(next) => setChosen(next)}
      />
      <p>
        <Checkbox checked={hasWatermark} onChange={(event) => setWatermark(event.target.checked)}>
          {say('watermark')}
        </Checkbox>
      </p>
    </ReasonDialog>
  )
}
