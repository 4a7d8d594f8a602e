/** DICOM upper layer and DIMSE as pure code (PS3.7, PS3.8): bytes in, messages out; sockets are the caller's. */

export * from './network/association.ts'
export * from './network/command-set.ts'
export * from './network/pdu.ts'
export * from './network/pdu-reader.ts'
