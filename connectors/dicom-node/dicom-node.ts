/** The DICOM door: C-ECHO and C-STORE on TCP, DICOMweb over HTTP, one index under both. */
import type { Migrations } from '@xinglin/database'

export { studyEraser } from './erasing/erase-studies.ts'
export { studySource } from './interfaces/study-source.ts'
export { type DicomNode, type DicomNodeOptions, startDicomNode } from './start-dicom-node.ts'
export { rebuildIndex } from './store/rebuild-index.ts'
export { imagingStudyId } from './study/imaging-study-id.ts'
export { registerDicomWeb } from './web/register-dicom-web.ts'

/** Tables of the schema `dicom`. */
export const dicomMigrations: Migrations = {
  name: 'dicom',
  folder: new URL('./migrations/', import.meta.url),
}
