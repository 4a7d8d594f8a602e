/** PS3.4 §B.5 storage SOP classes, with the retired ones that old modalities still send (PS3.6 table A-1). */
import { sopClassNames } from './generated/sop-classes.ts'

export const verificationSopClass = '1.2.840.10008.1.1'
const mediaStorageDirectory = '1.2.840.10008.1.3.10'

const retired: Readonly<Record<string, string>> = {
  '1.2.840.10008.5.1.4.1.1.3': 'Ultrasound Multi-frame Image Storage (retired)',
  '1.2.840.10008.5.1.4.1.1.5': 'Nuclear Medicine Image Storage (retired)',
  '1.2.840.10008.5.1.4.1.1.6': 'Ultrasound Image Storage (retired)',
  '1.2.840.10008.5.1.4.1.1.8': 'Standalone Overlay Storage (retired)',
  '1.2.840.10008.5.1.4.1.1.9': 'Standalone Curve Storage (retired)',
  '1.2.840.10008.5.1.4.1.1.10': 'Standalone Modality LUT Storage (retired)',
  '1.2.840.10008.5.1.4.1.1.11': 'Standalone VOI LUT Storage (retired)',
  '1.2.840.10008.5.1.4.1.1.12.3': 'X-Ray Angiographic Bi-Plane Image Storage (retired)',
  '1.2.840.10008.5.1.4.1.1.77.1': 'VL Image Storage (retired)',
  '1.2.840.10008.5.1.4.1.1.77.2': 'VL Multi-frame Image Storage (retired)',
  '1.2.840.10008.5.1.4.1.1.129': 'Standalone PET Curve Storage (retired)',
}

/** Name of each storage SOP class by UID; a DICOMDIR is a file of a medium, not an instance to store. */
export const storageSopClasses: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...sopClassNames, ...retired }).filter(([uid]) => uid !== mediaStorageDirectory),
)

/**
 * Whether an abstract syntax is stored here: the standard's table, and whatever newer edition adds under its storage
 * root (PS3.4 §B.5), because an archive that refuses tomorrow's modality loses its images.
 */
export function isStorageSopClass(uid: string): boolean {
  return storageSopClasses.has(uid) || /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.[0-9.]+$/.test(uid)
}
