/** Images out of DICOM: where frames lie, decoding them, and making them visible. */

export * from './pixels/decode.ts'
export * from './pixels/description.ts'
export * from './pixels/frames.ts'
export * from './pixels/palette.ts'
export * from './pixels/render.ts'
