/** NTE (§2.15.10) → Annotation. */
import type { Annotation } from '@xinglin/fhir'
import { fhirDateTime, isDeletion, part, type Segment } from '@xinglin/hl7v2'
import { type Reading, text } from '../reading.ts'

/** One note for each NTE that says something; its repetitions are its lines. */
export function notesOf(segments: readonly Segment[], reading: Reading): Annotation[] {
  return segments.flatMap((nte) => {
    const lines = nte.field(3).map((repetition) => part(repetition))
    const words = lines.filter((line) => !isDeletion(line)).join('\n')
    if (words.trim() === '') return []
    const time = fhirDateTime(text(nte, 6), reading.offset)
    return [{ ...(time ? { time } : {}), text: words }]
  })
}
