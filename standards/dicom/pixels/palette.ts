/** PS3.3 C.7.9 and C.7.6.3.1.5: palette colour look-up tables, 8 or 16 bits an entry; segmented ones are not read. */
import type { Dataset } from '../dataset.ts'
import type { Tag } from '../dictionary.ts'
import { tags } from '../generated/tags.ts'
import { bytesOf, numbers } from '../values.ts'

/** Red, green and blue (0–255) of a stored value. */
export type Palette = (stored: number) => readonly [number, number, number]

const channels: readonly (readonly [descriptor: Tag, data: Tag])[] = [
  [tags.RedPaletteColorLookupTableDescriptor, tags.RedPaletteColorLookupTableData],
  [tags.GreenPaletteColorLookupTableDescriptor, tags.GreenPaletteColorLookupTableData],
  [tags.BluePaletteColorLookupTableDescriptor, tags.BluePaletteColorLookupTableData],
]

/** The palette of an instance; undefined where it has none. */
export function paletteOf(dataset: Dataset): Palette | undefined {
  const tables = channels.map(([descriptor, data]) => tableOf(dataset, descriptor, data))
  const [red, green, blue] = tables
  if (!red || !green || !blue) return undefined
  return (stored) => [red(stored), green(stored), blue(stored)]
}

function tableOf(
  dataset: Dataset,
  descriptorTag: Tag,
  dataTag: Tag,
): ((stored: number) => number) | undefined {
  const descriptor = numbers(dataset, descriptorTag)
  const data = bytesOf(dataset, dataTag)
  const isLittleEndian = dataset.elements.get(dataTag)?.isLittleEndian ?? true
  if (descriptor.length < 3 || !data) return undefined
  const entries = descriptor[0] === 0 ? 65_536 : (descriptor[0] ?? 0)
  const first = descriptor[1] ?? 0
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  // An 8-bit table of full length has one byte an entry; written as words it holds the value in the low or high byte.
  const isBytes = data.length < entries * 2
  const isSixteen = (descriptor[2] ?? 16) > 8
  const values = Uint8Array.from({ length: entries }, (_, index) => {
    if (isBytes) return data[index] ?? 0
    if (index * 2 + 1 >= data.length) return 0
    const word = view.getUint16(index * 2, isLittleEndian)
    return isSixteen || word > 255 ? word >> 8 : word
  })
  return (stored) => values[Math.min(Math.max(stored - first, 0), entries - 1)] ?? 0
}
