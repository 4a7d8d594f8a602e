/** Medications: what runs first, then what was. */
import { Empty, useTimes, useWords } from '@xinglin/kit'
import type { Medication } from '../reading/shapes.ts'
import { Block } from './block.tsx'
import { Line } from './line.tsx'
import { kindKey, statusKey } from './status-words.ts'
import { words } from './words.ts'

export function Medications({ medications }: { readonly medications: readonly Medication[] }) {
  const say = useWords(words)
  if (medications.length === 0) return <Empty title={say('noMedications')} />
  const running = medications.filter(({ isActive }) => isActive)
  const stopped = medications.filter(({ isActive }) => !isActive)
  return (
    <div className="chart-page">
      {running.length > 0 ? <MedicationBlock title={say('running')} medications={running} /> : null}
      {stopped.length > 0 ? <MedicationBlock title={say('stopped')} medications={stopped} /> : null}
    </div>
  )
}

function MedicationBlock({ title, medications }: { title: string; medications: readonly Medication[] }) {
  return (
    <Block title={`${title} ${medications.length}`}>
      {medications.map((medication) => (
        <MedicationRow key={medication.key} medication={medication} />
      ))}
    </Block>
  )
}

export function MedicationRow({ medication }: { readonly medication: Medication }) {
  const say = useWords(words)
  const times = useTimes()
  const { key, name, dosage, kind, status, isActive, time, by } = medication
  return (
    <Line of={key} name={name} isQuiet={!isActive}>
      <span className="chart-line-main x-cut" title={name}>
        {name}
      </span>
      <span className="chart-line-dose x-number x-cut" title={dosage}>
        {dosage}
      </span>
      <span className="x-quiet chart-wide x-cut">{by}</span>
      <span className="x-quiet">
        {kind === 'order' ? '' : `${say(kindKey(key.split('/')[0] ?? ''))} · `}
        {say(statusKey(status))}
      </span>
      <time className="x-quiet x-number">{times.moment(time)}</time>
    </Line>
  )
}
