/** DICOMweb (PS3.18) under `/dicom-web`. */
import type { Kernel } from '@xinglin/app'

/** Registers the routes. */
export function registerDicomWeb(_kernel: Kernel): void {}
