/** AL1 → AllergyIntolerance: one for a patient and a substance, however often it is sent. */
import type { AllergyIntolerance } from '@xinglin/fhir'
import { isDeletion, part, type Segment } from '@xinglin/hl7v2'
import type { Draft, Known } from '../knowledge.ts'
import { reactionSeverity } from '../maps/codes.ts'
import { applyTable } from '../maps/table.ts'
import { allergyTable } from '../maps/tables.ts'
import { missing, type Reading, text } from '../reading.ts'
import { stableId } from '../stable-id.ts'

/** Writes the allergies of a patient; those that a message does not name stay. */
export async function putAllergies(
  segments: readonly Segment[],
  patient: Known<'Patient'>,
  reading: Reading,
  draft: Draft,
): Promise<void> {
  const named = segments.map((al1) => ({
    al1,
    id: stableId('AllergyIntolerance', patient.id, substanceOf(al1)),
  }))
  const known = await draft.read(
    'AllergyIntolerance',
    named.map(({ id }) => id),
  )
  for (const { al1, id } of named) {
    const before: AllergyIntolerance = known.find((each) => each.id === id) ?? {
      resourceType: 'AllergyIntolerance',
      clinicalStatus: {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' },
        ],
      },
      patient: { reference: `Patient/${patient.id}` },
    }
    const told = applyTable<AllergyIntolerance>(allergyTable, before, al1, reading)
    draft.put<'AllergyIntolerance'>({
      ...told,
      id,
      ...(told.category ? { type: 'allergy' } : {}),
      ...reactionOf(al1, before),
    })
  }
}

/** What makes an allergy the same: the code, or its words where there is none. */
function substanceOf(al1: Segment): string {
  const code = text(al1, 3, 1) || text(al1, 3, 2)
  if (code === '') throw missing({ segment: al1, field: 3 })
  return `${text(al1, 3, 3)}|${code}`
}

function reactionOf(al1: Segment, before: AllergyIntolerance): Pick<AllergyIntolerance, 'reaction'> {
  const manifestation = al1.field(5).flatMap((repetition) => {
    const words = part(repetition)
    return words === '' || isDeletion(words) ? [] : [{ text: words }]
  })
  if (manifestation.length === 0) return before.reaction ? { reaction: before.reaction } : {}
  const severity = reactionSeverity[text(al1, 4).toUpperCase()] as 'mild' | 'moderate' | 'severe' | undefined
  return { reaction: [{ manifestation, ...(severity ? { severity } : {}) }] }
}
