/**
 * What the index needs of an instance, taken while its bytes pass by: identifiers and QIDO attributes (PS3.18 §10.6.3).
 * Values above group 0028 are passed over, but the structure is walked to the end, so that a cut dataset is noticed.
 */
import {
  createReader,
  type Dataset,
  DicomError,
  datasetBuilder,
  isPixelTag,
  isUid,
  number,
  type Reader,
  type Tag,
  type TransferSyntax,
  tags,
  text,
  type Visitor,
} from '@xinglin/dicom'
import { statuses } from '@xinglin/dicom/network'
import { indexedTags } from './indexed-tags.ts'
import { InstanceRefused } from './refusal.ts'

export type InstanceHeader = {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly transferSyntaxUid: string
  readonly modality: string | undefined
  readonly instanceNumber: number | undefined
  readonly numberOfFrames: number | undefined
  /** Indexed attributes of all levels. */
  readonly dataset: Dataset
  /** Bytes before the dataset; 0 where it came without meta header. */
  readonly datasetOffset: number
}

export interface HeaderScan {
  /** Throws DicomError for what is no DICOM. */
  write(bytes: Uint8Array): void
  /** The header after the last byte. Throws `A900` where an identifier is missing, DicomError where the dataset is cut. */
  finish(): InstanceHeader
}

/** Identifiers longer than this are no identifiers; a value of this length in the index is a fault of the sender. */
const maxIndexedBytes = 4096

/** A scan of a dataset in a transfer syntax, or of a whole Part 10 file. */
export function scanHeader(form: TransferSyntax | 'part10'): HeaderScan {
  const builder = datasetBuilder()
  let isPastPixels = false
  let isBroken = false
  const visitor: Visitor = {
    ...builder.visitor,
    // The memory that passes by is used again.
    value: (header, bytes) => builder.visitor.value?.(header, new Uint8Array(bytes)),
    wish: (header) => {
      if (header.depth === 0 && isPixelTag(header.tag)) isPastPixels = true
      const isWanted = header.depth === 0 && indexedTags.has(header.tag) && header.length !== undefined
      return isWanted && (header.length ?? 0) <= maxIndexedBytes ? 'keep' : 'skip'
    },
    beginSequence: undefined,
    beginItem: undefined,
    endItem: undefined,
    endSequence: undefined,
    beginFragments: undefined,
    fragment: undefined,
    endFragments: undefined,
  }
  const reader = createReader({ form, visitor })
  let isInPixelValue = false

  return {
    write(bytes) {
      if (isBroken) return
      try {
        reader.write(bytes)
      } catch (error) {
        // Devices pad what follows the pixel data with rubbish; all that matters has passed by then.
        if (!isPastPixels || !(error instanceof DicomError)) throw error
        isBroken = true
      }
      isInPixelValue = isPastPixels
    },
    finish() {
      if (!isBroken) endOf(reader, isInPixelValue)
      return headerOf(
        builder.dataset,
        form === 'part10' ? reader.transferSyntax() : form,
        reader.datasetOffset() ?? 0,
      )
    },
  }
}

function endOf(reader: Reader, isPastPixels: boolean): void {
  try {
    reader.end()
  } catch (error) {
    throw isPastPixels && error instanceof DicomError
      ? new DicomError('truncated', 'the pixel data are cut short', { cause: error })
      : error
  }
}

function headerOf(
  dataset: Dataset,
  syntax: TransferSyntax | undefined,
  datasetOffset: number,
): InstanceHeader {
  if (!syntax) throw new DicomError('no-transfer-syntax', 'the file holds no dataset')
  return {
    sopClassUid: identifier(dataset, tags.SOPClassUID, 'SOP Class UID (0008,0016)'),
    sopInstanceUid: identifier(dataset, tags.SOPInstanceUID, 'SOP Instance UID (0008,0018)'),
    studyInstanceUid: identifier(dataset, tags.StudyInstanceUID, 'Study Instance UID (0020,000D)'),
    seriesInstanceUid: identifier(dataset, tags.SeriesInstanceUID, 'Series Instance UID (0020,000E)'),
    transferSyntaxUid: syntax.uid,
    modality: text(dataset, tags.Modality),
    instanceNumber: wholeNumber(dataset, tags.InstanceNumber),
    numberOfFrames: wholeNumber(dataset, tags.NumberOfFrames),
    dataset,
    datasetOffset,
  }
}

function identifier(dataset: Dataset, tag: Tag, name: string): string {
  const value = text(dataset, tag)
  if (value && isUid(value)) return value
  throw new InstanceRefused({
    status: statuses.dataSetDoesNotMatchSopClass,
    code: 'dicom.identifier-missing',
    reason: `${name} is missing or no UID`,
  })
}

/** IS holds up to 2³¹ − 1 (PS3.5 §6.2); anything else is left out of the index. */
function wholeNumber(dataset: Dataset, tag: Tag): number | undefined {
  const value = number(dataset, tag)
  return value !== undefined && Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : undefined
}
