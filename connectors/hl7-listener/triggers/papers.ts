/** MDM (v2.5.1 §9.5): a document is told of, changed, replaced or cancelled; TXA with its OBX → DocumentReference. */
import type { Attachment, CodeableConcept, DocumentReference } from '@xinglin/fhir'
import { fhirInstant, type Segment } from '@xinglin/hl7v2'
import { outOfSequence } from '../groups.ts'
import type { Draft } from '../knowledge.ts'
import { missing, type Reading, repetitions, text } from '../reading.ts'
import { hasValue, lines, readValue } from '../segments/observation-value.ts'
import { practitionersOf } from '../segments/people-and-places.ts'
import { allOf, sequencesOf } from '../sequences.ts'
import { codeableConcept, entityIdentifier } from '../values/values.ts'
import { elementOf, onlyOwnerOf, refuseAnother, subjectOf, visitReference } from './owner.ts'

/** Trigger → status; a replacement (T09, T10) is a document of its own, T11 withdraws one. */
export const documentEvents: Readonly<Record<string, DocumentReference['status']>> = {
  T01: 'current',
  T02: 'current',
  T03: 'current',
  T04: 'current',
  T05: 'current',
  T06: 'current',
  T07: 'current',
  T08: 'current',
  T09: 'current',
  T10: 'current',
  T11: 'entered-in-error',
}

/** Table 0271 of TXA-17. */
const completion: Readonly<Record<string, DocumentReference['docStatus']>> = {
  AU: 'final',
  LA: 'final',
  DI: 'preliminary',
  DO: 'preliminary',
  IN: 'preliminary',
  IP: 'preliminary',
  PA: 'preliminary',
}
/** Table 0273 of TXA-19. */
const availability: Readonly<Record<string, DocumentReference['status']>> = {
  CA: 'entered-in-error',
  OB: 'superseded',
}

/** Writes the document of a message; its own number is what it is found by. */
export async function mapDocument(
  status: DocumentReference['status'],
  reading: Reading,
  draft: Draft,
): Promise<void> {
  const owner = await onlyOwnerOf(reading, draft)
  const [document, ...more] = sequencesOf(reading.message, 'TXA')
  if (!document || more.length > 0) throw outOfSequence('TXA', 'the message is about one document')
  const txa = document.first
  const number = numberOf(txa, 12, reading)
  if (!number) throw missing({ segment: txa, field: 12 })
  const [present] = await draft.find('DocumentReference', [number])
  refuseAnother(present?.subject, owner, { segment: txa, field: 12 })
  const told = contentOf(allOf(document, 'OBX'), reading)
  const title = text(txa, 25)
  const type = elementOf<CodeableConcept>(txa, 2, codeableConcept, reading)
  const date = fhirInstant(text(txa, 6) || text(txa, 4), reading.offset)
  const authors = await practitionersOf(txa, 9, reading, draft)
  const [authenticator] = await practitionersOf(txa, 10, reading, draft)
  const docStatus = completion[text(txa, 17).toUpperCase()]
  const encounter = visitReference(owner)
  draft.put<'DocumentReference'>({
    ...present,
    resourceType: 'DocumentReference',
    id: present?.id ?? draft.newId(),
    masterIdentifier: number,
    identifier: [number],
    status: availability[text(txa, 19).toUpperCase()] ?? status,
    ...(docStatus ? { docStatus } : {}),
    ...(type ? { type } : {}),
    subject: subjectOf(owner),
    ...(date ? { date } : {}),
    ...(authors.length > 0 ? { author: [...authors] } : {}),
    ...(authenticator ? { authenticator } : {}),
    ...(await replacedBy(txa, reading, draft)),
    ...(title === '' ? {} : { description: title }),
    content:
      told.length > 0 ? told : (present?.content ?? [{ attachment: { title: title || text(txa, 2) } }]),
    ...(encounter ? { context: { encounter: [encounter] } } : {}),
  })
}

/** EI without a type of order. */
function numberOf(txa: Segment, field: number, reading: Reading) {
  const [repetition] = repetitions(txa, field)
  const found = repetition && entityIdentifier(repetition, reading, 'FILL')
  return found && { system: found.system ?? '', value: found.value ?? '' }
}

/** TXA-13 names the document that this one replaces or amends, where it is known. */
async function replacedBy(
  txa: Segment,
  reading: Reading,
  draft: Draft,
): Promise<Pick<DocumentReference, 'relatesTo'>> {
  const parent = numberOf(txa, 13, reading)
  const [found] = parent ? await draft.find('DocumentReference', [parent]) : []
  if (!found) return {}
  const isReplacement = ['T09', 'T10'].includes(text(reading.message.segments[0], 9, 2))
  return {
    relatesTo: [
      {
        code: isReplacement ? 'replaces' : 'appends',
        target: { reference: `DocumentReference/${found.id}` },
      },
    ],
  }
}

/** Files of ED and RP each; everything that is written as text is one text. */
function contentOf(segments: readonly Segment[], reading: Reading): DocumentReference['content'] {
  const valued = segments.filter(hasValue)
  const files = valued.filter((obx) => /^(?:ED|RP)$/i.test(text(obx, 2)))
  const words = valued
    .filter((obx) => !files.includes(obx))
    .flatMap((obx) => obx.field(5).map(lines))
    .join('\n')
  const attachments: Attachment[] = files.flatMap((obx) => {
    const [value] = obx.field(5)
    const file = value && readValue(obx, value, reading).extension?.[0]?.valueAttachment
    // Senders announce a file whose bytes they do not send.
    return file && (file.data || file.url) ? [file] : []
  })
  const texts: Attachment[] =
    words === ''
      ? []
      : [{ contentType: 'text/plain; charset=utf-8', data: Buffer.from(words).toString('base64') }]
  return [...texts, ...attachments].map((attachment) => ({ attachment }))
}
