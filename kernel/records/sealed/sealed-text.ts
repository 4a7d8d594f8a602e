/**
 * A resource's JSON with parts of it sealed: in the place of each part stands `{"sealed$":…}`, in the first all parts
 * together, encrypted, in the others their number. It stays JSON that PostgreSQL can read. No text of a sender looks so: in
 * strings quotation marks are escaped, and no element of FHIR has that name.
 */
import { fault } from '@xinglin/fhir'
import type { Keys } from '@xinglin/keys'
import type { Span } from './spans.ts'

/** What a stored text has where something of it is sealed. */
export const sealedMark = '{"sealed$":'
export const purpose = 'records.sealed'
const placeholder = /\{"sealed\$":(?:"([\w.-]+)"|\d+)\}/g
/** Compact JSON has no line ends, so they tell the parts apart. */
const between = '\n'

/** Whose resource it is: sealed parts open nowhere else. */
export type Owner = { readonly tenant: number; readonly type: string; readonly id: string }

/** The text with these spans sealed. */
export async function sealSpans(
  json: string,
  { spans, owner, keys }: { readonly spans: readonly Span[]; readonly owner: Owner; readonly keys: Keys },
): Promise<string> {
  if (spans.length === 0) return json
  const parts = spans.map(({ startOffset, endOffset }) => json.slice(startOffset, endOffset))
  const sealed = await keys.sealText(parts.join(between), { purpose, context: contextOf(owner) })
  let text = ''
  let doneOffset = 0
  for (const [index, { startOffset, endOffset }] of spans.entries()) {
    const stands = index === 0 ? `"${sealed}"` : index
    text += `${json.slice(doneOffset, startOffset)}${sealedMark}${stands}}`
    doneOffset = endOffset
  }
  return text + json.slice(doneOffset)
}

/** The text as it was before; throws `fault` where it does not open. */
export async function openSealed(stored: string, owner: Owner, keys: Keys | undefined): Promise<string> {
  if (!stored.includes(sealedMark)) return stored
  if (!keys) throw notOpened()
  const places = [...stored.matchAll(placeholder)]
  const sealed = places[0]?.[1]
  if (sealed === undefined) throw notOpened()
  const parts = (await keys.openText(sealed, { purpose, context: contextOf(owner) })).split(between)
  if (parts.length !== places.length) throw notOpened()
  let index = 0
  return stored.replace(placeholder, () => parts[index++] ?? '')
}

/** What its sealed parts are bound to. */
export function contextOf({ tenant, type, id }: Owner): string {
  return `${tenant}/${type}/${id}`
}

function notOpened() {
  return fault('sealed fields of a resource do not open: they were changed, or the keys are missing', {
    code: 'records.sealed-not-opened',
  })
}
