/** PS3.5 §10 and annex A, PS3.6 table A-1: how a dataset is written, and what its pixel data are made of. */

export type Codec =
  | 'native'
  | 'rle'
  | 'jpeg-8bit'
  | 'jpeg-12bit'
  | 'jpeg-lossless'
  | 'jpeg-ls'
  | 'jpeg-2000'
  | 'htj2k'
  | 'video'
  | 'other'

export type TransferSyntax = {
  readonly uid: string
  readonly name: string
  readonly isExplicit: boolean
  readonly isLittleEndian: boolean
  readonly isDeflated: boolean
  readonly isEncapsulated: boolean
  readonly codec: Codec
  /** Media type of one compressed frame (PS3.18 table 8.7.3-5); octet-stream where it is not compressed. */
  readonly mediaType: string
}

const octets = 'application/octet-stream'
const written = (
  uid: string,
  name: string,
  form: Partial<Omit<TransferSyntax, 'uid' | 'name'>> = {},
): TransferSyntax => ({
  uid,
  name,
  isExplicit: true,
  isLittleEndian: true,
  isDeflated: false,
  isEncapsulated: false,
  codec: 'native',
  mediaType: octets,
  ...form,
})
const encapsulated = (uid: string, name: string, codec: Codec, mediaType: string): TransferSyntax =>
  written(uid, name, { isEncapsulated: true, codec, mediaType })

export const implicitLittleEndian = written('1.2.840.10008.1.2', 'Implicit VR Little Endian', {
  isExplicit: false,
})
export const explicitLittleEndian = written('1.2.840.10008.1.2.1', 'Explicit VR Little Endian')
export const explicitBigEndian = written('1.2.840.10008.1.2.2', 'Explicit VR Big Endian', {
  isLittleEndian: false,
})
export const deflatedLittleEndian = written('1.2.840.10008.1.2.1.99', 'Deflated Explicit VR Little Endian', {
  isDeflated: true,
})

/** Every transfer syntax that is stored and given back; `video` and `other` are kept as they came and never decoded. */
export const transferSyntaxes: readonly TransferSyntax[] = [
  implicitLittleEndian,
  explicitLittleEndian,
  explicitBigEndian,
  deflatedLittleEndian,
  encapsulated(
    '1.2.840.10008.1.2.1.98',
    'Encapsulated Uncompressed Explicit VR Little Endian',
    'native',
    octets,
  ),
  encapsulated('1.2.840.10008.1.2.4.50', 'JPEG Baseline (Process 1)', 'jpeg-8bit', 'image/jpeg'),
  encapsulated('1.2.840.10008.1.2.4.51', 'JPEG Extended (Process 2 & 4)', 'jpeg-12bit', 'image/jpeg'),
  encapsulated('1.2.840.10008.1.2.4.53', 'JPEG Spectral Selection (retired)', 'jpeg-12bit', 'image/jpeg'),
  encapsulated('1.2.840.10008.1.2.4.55', 'JPEG Full Progression (retired)', 'jpeg-12bit', 'image/jpeg'),
  encapsulated('1.2.840.10008.1.2.4.57', 'JPEG Lossless (Process 14)', 'jpeg-lossless', 'image/jpeg'),
  encapsulated('1.2.840.10008.1.2.4.70', 'JPEG Lossless (Process 14, SV1)', 'jpeg-lossless', 'image/jpeg'),
  encapsulated('1.2.840.10008.1.2.4.80', 'JPEG-LS Lossless', 'jpeg-ls', 'image/jls'),
  encapsulated('1.2.840.10008.1.2.4.81', 'JPEG-LS Near-Lossless', 'jpeg-ls', 'image/jls'),
  encapsulated('1.2.840.10008.1.2.4.90', 'JPEG 2000 Lossless', 'jpeg-2000', 'image/jp2'),
  encapsulated('1.2.840.10008.1.2.4.91', 'JPEG 2000', 'jpeg-2000', 'image/jp2'),
  encapsulated('1.2.840.10008.1.2.4.92', 'JPEG 2000 Part 2 Lossless', 'jpeg-2000', 'image/jpx'),
  encapsulated('1.2.840.10008.1.2.4.93', 'JPEG 2000 Part 2', 'jpeg-2000', 'image/jpx'),
  encapsulated('1.2.840.10008.1.2.4.100', 'MPEG2 Main Profile / Main Level', 'video', 'video/mpeg'),
  encapsulated('1.2.840.10008.1.2.4.101', 'MPEG2 Main Profile / High Level', 'video', 'video/mpeg'),
  encapsulated('1.2.840.10008.1.2.4.102', 'MPEG-4 AVC/H.264 High Profile / Level 4.1', 'video', 'video/mp4'),
  encapsulated('1.2.840.10008.1.2.4.103', 'MPEG-4 AVC/H.264 BD-compatible', 'video', 'video/mp4'),
  encapsulated('1.2.840.10008.1.2.4.104', 'MPEG-4 AVC/H.264 For 2D Video', 'video', 'video/mp4'),
  encapsulated('1.2.840.10008.1.2.4.105', 'MPEG-4 AVC/H.264 For 3D Video', 'video', 'video/mp4'),
  encapsulated('1.2.840.10008.1.2.4.106', 'MPEG-4 AVC/H.264 Stereo', 'video', 'video/mp4'),
  encapsulated('1.2.840.10008.1.2.4.107', 'HEVC/H.265 Main Profile', 'video', 'video/mp4'),
  encapsulated('1.2.840.10008.1.2.4.108', 'HEVC/H.265 Main 10 Profile', 'video', 'video/mp4'),
  encapsulated('1.2.840.10008.1.2.4.110', 'JPEG XL Lossless', 'other', 'image/jxl'),
  encapsulated('1.2.840.10008.1.2.4.111', 'JPEG XL JPEG Recompression', 'other', 'image/jxl'),
  encapsulated('1.2.840.10008.1.2.4.112', 'JPEG XL', 'other', 'image/jxl'),
  encapsulated('1.2.840.10008.1.2.4.201', 'High-Throughput JPEG 2000 Lossless', 'htj2k', 'image/jphc'),
  encapsulated('1.2.840.10008.1.2.4.202', 'High-Throughput JPEG 2000 RPCL Lossless', 'htj2k', 'image/jphc'),
  encapsulated('1.2.840.10008.1.2.4.203', 'High-Throughput JPEG 2000', 'htj2k', 'image/jphc'),
  encapsulated('1.2.840.10008.1.2.5', 'RLE Lossless', 'rle', 'image/dicom-rle'),
]

const byUid = new Map(transferSyntaxes.map((syntax) => [syntax.uid, syntax]))

/** The transfer syntax of a UID; undefined where it is not known. */
export function transferSyntaxOf(uid: string): TransferSyntax | undefined {
  return byUid.get(uid)
}
