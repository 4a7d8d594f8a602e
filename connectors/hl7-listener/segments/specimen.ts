/** SPM (v2.5.1 §7.4.3) → Specimen: one for a number of the specimen, or for its place under an order where it has none. */
import type { Identifier, Quantity, Reference, Specimen } from '@xinglin/fhir'
import { fhirDateTime, part, type Repetition, type Segment } from '@xinglin/hl7v2'
import type { Draft, Known } from '../knowledge.ts'
import { applyTable } from '../maps/table.ts'
import { specimenTable } from '../maps/tables.ts'
import { malformed, type Place, type Reading, repetitions, text } from '../reading.ts'
import { stableId } from '../stable-id.ts'
import { codeSystem } from '../values/systems.ts'
import { codeableConcept, entityIdentifier, identifier } from '../values/values.ts'
import { union } from './patient.ts'

type Sampled = {
  readonly specimens: readonly Segment[]
  readonly patient: Known<'Patient'>
  readonly request: Known<'ServiceRequest'>
}

/** Writes the specimens of an order; answers references to them in the order of the segments. */
export async function putSpecimens(
  { specimens, patient, request }: Sampled,
  reading: Reading,
  draft: Draft,
): Promise<Reference[]> {
  const made: Reference[] = []
  for (const [index, spm] of specimens.entries()) {
    const numbers = specimenNumbers(spm, reading)
    const unnumbered = numbers.length === 0 ? stableId('Specimen', request.id, String(index)) : undefined
    const [present] = unnumbered
      ? await draft.read('Specimen', [unnumbered])
      : await draft.find('Specimen', numbers)
    const told = applyTable<Specimen>(specimenTable, present ?? { resourceType: 'Specimen' }, spm, reading)
    const id = present?.id ?? unnumbered ?? draft.newId()
    const requests = new Set([
      ...(present?.request ?? []).map(({ reference }) => reference ?? ''),
      `ServiceRequest/${request.id}`,
    ])
    draft.put<'Specimen'>({
      ...told,
      id,
      ...(numbers.length > 0 ? { identifier: union(present?.identifier ?? [], numbers) } : {}),
      ...statusOf(spm),
      subject: { reference: `Patient/${patient.id}` },
      request: [...requests].map((reference) => ({ reference })),
      ...collectionOf(spm, told, reading),
      ...containerOf(spm, reading),
    })
    made.push({ reference: `Specimen/${id}` })
  }
  return made
}

/** SPM-2 (EIP: the placer's and the filler's number) and SPM-31. */
export function specimenNumbers(spm: Segment, reading: Reading): readonly Identifier[] {
  const [pair = []] = repetitions(spm, 2)
  const assigned = (['PLAC', 'FILL'] as const).map((type, index) =>
    entityIdentifier(
      (pair[index] ?? []).map((each): readonly string[] => [each]),
      reading,
      type,
    ),
  )
  const others = repetitions(spm, 31).map((repetition) => identifier('specimen')(repetition, reading))
  return [...assigned, ...others].filter((each) => each !== undefined)
}

/** SPM-20, table 0136: whether it is there. */
function statusOf(spm: Segment): Pick<Specimen, 'status'> {
  const code = text(spm, 20).toUpperCase()
  if (code === 'Y') return { status: 'available' }
  return code === 'N' ? { status: 'unavailable' } : {}
}

/** SPM-12 and SPM-17 join what the table says of the collection. */
function collectionOf(
  spm: Segment,
  { collection }: Specimen,
  reading: Reading,
): Pick<Specimen, 'collection'> {
  const [amount] = repetitions(spm, 12)
  const quantity = amount && quantityOf(amount, reading, { segment: spm, field: 12 })
  const { collectedDateTime: _moment, collectedPeriod: _period, ...rest } = collection ?? {}
  const collected = collectedOf(spm, reading)
  const all = {
    ...(Object.keys(collected).length > 0 ? { ...rest, ...collected } : collection),
    ...(quantity ? { quantity } : {}),
  }
  return Object.keys(all).length > 0 ? { collection: all } : {}
}

/** SPM-17 (DR): a moment, or a period where the end is told too. */
function collectedOf(spm: Segment, reading: Reading) {
  const moment = (component: number) => {
    const written = text(spm, 17, component).trim()
    if (written === '') return undefined
    const found = fhirDateTime(written, reading.offset)
    if (found === undefined) throw malformed({ segment: spm, field: 17, component }, 'date and time (DTM)')
    return found
  }
  const [start, end] = [moment(1), moment(2)]
  if (end) return { collectedPeriod: { ...(start ? { start } : {}), end } }
  return start ? { collectedDateTime: start } : {}
}

/** CQ: an amount and its unit, whose components are sub-components here. */
function quantityOf(repetition: Repetition, reading: Reading, place: Place): Quantity | undefined {
  const written = part(repetition).trim()
  if (written === '') return undefined
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(written) || written.length > 18)
    throw malformed(place, 'number (NM)')
  const [code = '', name = '', table = ''] = repetition[1] ?? []
  const system = codeSystem(table.trim(), reading)
  const unit = name.trim() || code.trim()
  return {
    value: Number(written),
    ...(unit === '' ? {} : { unit }),
    ...(system && code !== '' ? { system, code: code.trim() } : {}),
  }
}

/** SPM-27 and SPM-6: the container that it is in. */
function containerOf(spm: Segment, reading: Reading): Pick<Specimen, 'container'> {
  const [type, additive] = [27, 6].map((field) => {
    const [repetition] = repetitions(spm, field)
    return repetition && codeableConcept(repetition, reading)
  })
  if (!type && !additive) return {}
  return {
    container: [{ ...(type ? { type } : {}), ...(additive ? { additiveCodeableConcept: additive } : {}) }],
  }
}
