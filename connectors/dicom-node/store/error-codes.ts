/** What is wrong with DICOM bytes, as docs/errors.md names it. */
import type { DicomError, DicomFailureCode } from '@xinglin/dicom'

const named = {
  'no-preamble': { code: 'dicom.no-preamble' },
  'no-transfer-syntax': { code: 'dicom.no-transfer-syntax' },
  'unknown-transfer-syntax': { code: 'dicom.unknown-transfer-syntax' },
  'unknown-vr': { code: 'dicom.unknown-vr' },
  truncated: { code: 'dicom.truncated' },
  'misplaced-delimiter': { code: 'dicom.misplaced-delimiter' },
  'item-expected': { code: 'dicom.item-expected' },
  'too-deep': { code: 'dicom.too-deep' },
  'value-too-long': { code: 'dicom.value-too-long' },
  'too-many-elements': { code: 'dicom.too-many-elements' },
  'inflated-too-long': { code: 'dicom.inflated-too-long' },
  'bad-deflate': { code: 'dicom.bad-deflate' },
  'bad-pdu': { code: 'dicom.bad-pdu' },
  'bad-command': { code: 'dicom.bad-command' },
  'no-pixel-data': { code: 'dicom.no-pixel-data' },
  'bad-pixel-data': { code: 'dicom.bad-pixel-data' },
  'unsupported-pixels': { code: 'dicom.unsupported-pixels' },
} as const satisfies Record<DicomFailureCode, { code: string }>

/** The error code of a DICOM failure. */
export function errorCodeOf(error: DicomError): string {
  return named[error.code].code
}
