/** What a message made, turned round: for each of its fields the elements, in the order of the fields. */
import type { ExplainedMessage } from '@xinglin/traffic'
import type { FieldLineage } from '../contract.ts'

/** The fields that made something, as they stand in the message. */
export function fieldsOf({ elements }: ExplainedMessage): readonly FieldLineage[] {
  const fields = new Map<string, FieldLineage>()
  for (const { reference, path, sources } of elements) {
    for (const { field, byteOffset, byteLength, textOffset, textLength, role, rule } of sources) {
      const known = fields.get(field) ?? {
        field,
        byteOffset,
        byteLength,
        startOffset: textOffset,
        endOffset: textOffset + textLength,
        made: [],
      }
      fields.set(field, { ...known, made: [...known.made, { reference, path, role, ...rule }] })
    }
  }
  return [...fields.values()].toSorted((left, right) => left.startOffset - right.startOffset)
}
