/** RFC 9110 §14.1.2: a byte range against the object that it is asked of. */

import { invalid } from '@xinglin/fhir'
import type { ByteRange } from './objects.ts'

/** The range cut at the object's end; throws `invalid` (`objects.range`) where nothing of it lies within. */
export function checkRange({ startByte, endByteExclusive }: ByteRange, sizeBytes: number): ByteRange {
  if (startByte >= 0 && startByte < endByteExclusive && startByte < sizeBytes)
    return { startByte, endByteExclusive: Math.min(endByteExclusive, sizeBytes) }
  throw invalid(`bytes ${startByte} to ${endByteExclusive} are not within the ${sizeBytes} of the object`, {
    code: 'objects.range',
  })
}
