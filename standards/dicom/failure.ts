/** What can be wrong with DICOM bytes: one error with a closed set of codes; messages carry tags and offsets, never values. */

export type DicomFailureCode =
  | 'no-preamble'
  | 'no-transfer-syntax'
  | 'unknown-transfer-syntax'
  | 'unknown-vr'
  | 'truncated'
  | 'misplaced-delimiter'
  | 'item-expected'
  | 'too-deep'
  | 'value-too-long'
  | 'too-many-elements'
  | 'inflated-too-long'
  | 'bad-deflate'
  | 'bad-pdu'
  | 'bad-command'
  | 'no-pixel-data'
  | 'bad-pixel-data'
  | 'unsupported-pixels'

/** Bytes that are not DICOM, or DICOM that this library refuses; `offset` is in bytes from the start of the stream. */
export class DicomError extends Error {
  readonly code: DicomFailureCode
  readonly offset: number | undefined

  constructor(code: DicomFailureCode, message: string, options: { offset?: number; cause?: unknown } = {}) {
    super(
      options.offset === undefined ? message : `${message} at byte ${options.offset}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.name = 'DicomError'
    this.code = code
    this.offset = options.offset
  }
}
