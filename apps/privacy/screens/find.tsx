/** Whose consents? */
import { Empty, useScreen, useWords } from '@xinglin/kit'
import { consentsAddress } from '../contract.ts'
import { PatientChoice } from './patient-choice.tsx'
import { words } from './words.ts'
import './privacy.css'

export function FindScreen() {
  const say = useWords(words)
  const { open } = useScreen()
  return (
    <div className="privacy-page">
      <PatientChoice autoFocus onChoose={({ id }) => open(consentsAddress(id))} />
      <Empty title={say('startFinding')}>{say('findHelp')}</Empty>
    </div>
  )
}
