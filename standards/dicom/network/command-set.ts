/** PS3.7 §6.3 and annex E: DIMSE command sets, always Implicit VR Little Endian. */
import { readDataset } from '../dataset.ts'
import type { Tag } from '../dictionary.ts'
import { DicomError } from '../failure.ts'
import { implicitLittleEndian } from '../transfer-syntaxes.ts'

export const commandTags = {
  groupLength: 0x00000000,
  affectedSopClass: 0x00000002,
  requestedSopClass: 0x00000003,
  commandField: 0x00000100,
  messageId: 0x00000110,
  messageIdRespondedTo: 0x00000120,
  priority: 0x00000700,
  dataSetType: 0x00000800,
  status: 0x00000900,
  offendingElement: 0x00000901,
  errorComment: 0x00000902,
  affectedSopInstance: 0x00001000,
} as const

/** PS3.7 table E.1-1, command field. */
export const commands = {
  storeRequest: 0x0001,
  storeResponse: 0x8001,
  echoRequest: 0x0030,
  echoResponse: 0x8030,
  cancelRequest: 0x0fff,
} as const
const responseBit = 0x8000
const noDataSet = 0x0101
const withDataSet = 0x0001

export type CommandSet = {
  readonly commandField: number
  readonly messageId: number
  /** Of a response: the message that it answers. */
  readonly respondsTo?: number
  readonly sopClassUid?: string
  readonly sopInstanceUid?: string
  readonly hasDataSet: boolean
  readonly status?: number
  readonly errorComment?: string
}

/** Statuses of C-STORE (PS3.4 table B.2-1) and of DIMSE (PS3.7 annex C). */
export const statuses = {
  success: 0x0000,
  processingFailure: 0x0110,
  duplicateSopInstance: 0x0111,
  invalidSopInstance: 0x0117,
  sopClassNotSupported: 0x0122,
  notAuthorised: 0x0124,
  unrecognisedOperation: 0x0211,
  outOfResources: 0xa700,
  dataSetDoesNotMatchSopClass: 0xa900,
  cannotUnderstand: 0xc000,
} as const

/** A command set from its bytes. Throws `bad-command`. */
export function parseCommandSet(bytes: Uint8Array): CommandSet {
  const { elements } = readCommand(bytes)
  const raw = (tag: Tag): Uint8Array | undefined => {
    const value = elements.get(tag)?.value
    return value?.kind === 'bytes' ? value.bytes : undefined
  }
  const short = (tag: Tag): number | undefined => {
    const value = raw(tag)
    return value && value.length >= 2 ? Buffer.from(value).readUInt16LE(0) : undefined
  }
  const uid = (tag: Tag): string | undefined => {
    const value = raw(tag)
    return (
      value &&
      Buffer.from(value)
        .toString('latin1')
        .replace(/[\0 ]+$/, '')
    )
  }
  const commandField = short(commandTags.commandField)
  if (commandField === undefined) throw new DicomError('bad-command', 'a command set names no command')
  const respondsTo = short(commandTags.messageIdRespondedTo)
  const sopClassUid = uid(commandTags.affectedSopClass)
  const sopInstanceUid = uid(commandTags.affectedSopInstance)
  const status = short(commandTags.status)
  const errorComment = uid(commandTags.errorComment)
  return {
    commandField,
    messageId: short(commandTags.messageId) ?? 0,
    hasDataSet: (short(commandTags.dataSetType) ?? noDataSet) !== noDataSet,
    ...(respondsTo !== undefined && { respondsTo }),
    ...(sopClassUid !== undefined && { sopClassUid }),
    ...(sopInstanceUid !== undefined && { sopInstanceUid }),
    ...(status !== undefined && { status }),
    ...(errorComment !== undefined && { errorComment }),
  }
}

function readCommand(bytes: Uint8Array): ReturnType<typeof readDataset> {
  try {
    return readDataset(bytes, implicitLittleEndian)
  } catch (cause) {
    throw new DicomError('bad-command', 'a command set cannot be read', { cause })
  }
}

const short = (tag: Tag, value: number): Uint8Array => {
  const bytes = Buffer.alloc(10)
  header(bytes, tag, 2)
  bytes.writeUInt16LE(value, 8)
  return bytes
}
const text = (tag: Tag, value: string, padding: number): Uint8Array => {
  const bytes = Buffer.alloc(8 + value.length + (value.length & 1), padding)
  header(bytes, tag, bytes.length - 8)
  bytes.write(value, 8, 'latin1')
  return bytes
}
function header(bytes: Buffer, tag: Tag, length: number): void {
  bytes.writeUInt16LE(tag >>> 16, 0)
  bytes.writeUInt16LE(tag & 0xffff, 2)
  bytes.writeUInt32LE(length, 4)
}

/** The bytes of a command set, elements in ascending order after their group length (PS3.7 §6.3.1). */
export function writeCommandSet(command: CommandSet): Uint8Array {
  const isRequest = (command.commandField & responseBit) === 0
  const parts = [
    ...(command.sopClassUid ? [text(commandTags.affectedSopClass, command.sopClassUid, 0)] : []),
    short(commandTags.commandField, command.commandField),
    ...(isRequest ? [short(commandTags.messageId, command.messageId)] : []),
    ...(command.respondsTo !== undefined
      ? [short(commandTags.messageIdRespondedTo, command.respondsTo)]
      : []),
    ...(command.commandField === commands.storeRequest ? [short(commandTags.priority, 0)] : []),
    short(commandTags.dataSetType, command.hasDataSet ? withDataSet : noDataSet),
    ...(command.status !== undefined ? [short(commandTags.status, command.status)] : []),
    ...(command.errorComment
      ? [text(commandTags.errorComment, command.errorComment.slice(0, 64), 0x20)]
      : []),
    ...(command.sopInstanceUid ? [text(commandTags.affectedSopInstance, command.sopInstanceUid, 0)] : []),
  ]
  const body = Buffer.concat(parts)
  const length = Buffer.alloc(12)
  header(length, commandTags.groupLength, 4)
  length.writeUInt32LE(body.length, 8)
  return Buffer.concat([length, body])
}
