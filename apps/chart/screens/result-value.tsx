/** A result as a Quantity: everything that is known of it one hover away, its source one press. */
import { Quantity, useWords } from '@xinglin/kit'
import type { Result } from '../reading/shapes.ts'
import { useRecord } from './record-place.ts'
import { statusKey } from './status-words.ts'
import { words } from './words.ts'

type Props = {
  readonly result: Result
  readonly name: string
  /** In tables the unit and the usual range stand in the row's head. */
  readonly inRow?: { readonly unit?: string; readonly reference?: string }
}

export function ResultValue({ result, name, inRow }: Props) {
  const say = useWords(words)
  const { fresh, openSource } = useRecord()
  const isFinal = statusKey(result.status) === 'statusFinal'
  return (
    <Quantity
      value={result.value}
      exact={result.exact}
      unit={result.unit ?? inRow?.unit}
      hidesUnit={inRow !== undefined}
      flag={result.flag}
      reference={result.reference ?? inRow?.reference}
      time={result.time}
      source={result.source?.text}
      note={[isFinal ? '' : say(statusKey(result.status)), result.note].filter(Boolean).join(' · ')}
      label={name}
      isFresh={fresh.has(result.key)}
      onOpen={() => openSource(result.key, name)}
    />
  )
}
