/** PS3.5 §8.1.1: samples of a native frame as numbers; unused high bits are cut off, signs extended (PS3.3 C.7.6.3.1). */
import type { NativeFrame } from './decode.ts'

/** A function from the index of a sample to its value. */
export function sampleReader({ bytes, description }: NativeFrame): (index: number) => number {
  const { bitsAllocated, bitsStored, isSigned } = description
  if (bitsAllocated === 1) return (index) => ((bytes[index >> 3] ?? 0) >> (index & 7)) & 1
  const unused = Math.max(0, 32 - bitsStored)
  const extend = isSigned
    ? (value: number) => (value << unused) >> unused
    : (value: number) => (value << unused) >>> unused
  if (bitsAllocated === 8) return (index) => extend(bytes[index] ?? 0)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bitsAllocated === 16) return (index) => extend(view.getUint16(index * 2, true))
  return (index) => extend(view.getUint32(index * 4, true))
}
