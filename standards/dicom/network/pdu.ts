/** PS3.8 §9.3: the protocol data units of the upper layer, as values and as bytes. P-DATA-TF is read as a stream (pdu-reader). */
import { DicomError } from '../failure.ts'
import { implementationClassUid, implementationVersionName } from '../uid.ts'

export const pduTypes = {
  associateRequest: 0x01,
  associateAccept: 0x02,
  associateReject: 0x03,
  data: 0x04,
  releaseRequest: 0x05,
  releaseResponse: 0x06,
  abort: 0x07,
} as const

const applicationContext = '1.2.840.10008.3.1.1.1'

export type ProposedContext = {
  readonly id: number
  readonly abstractSyntax: string
  readonly transferSyntaxes: readonly string[]
}
/** PS3.8 table 9-18. */
export const contextResults = {
  acceptance: 0,
  userRejection: 1,
  noReason: 2,
  abstractSyntaxNotSupported: 3,
  transferSyntaxesNotSupported: 4,
} as const
export type ContextResult = (typeof contextResults)[keyof typeof contextResults]
export type DecidedContext = {
  readonly id: number
  readonly result: ContextResult
  readonly transferSyntax: string
}

export type AssociateRequest = {
  readonly calledAe: string
  readonly callingAe: string
  readonly contexts: readonly ProposedContext[]
  /** Bytes of a P-DATA-TF body that the sender of this PDU can receive; 0 is no limit. */
  readonly maxPduBytes: number
}
export type AssociateAccept = {
  readonly calledAe: string
  readonly callingAe: string
  readonly contexts: readonly DecidedContext[]
  readonly maxPduBytes: number
}
/** PS3.8 table 9-21: result, source and reason. */
export type AssociateReject = { readonly result: number; readonly source: number; readonly reason: number }
/** PS3.8 table 9-26: source 0 is the user, 2 the provider. */
export type Abort = { readonly source: number; readonly reason: number }

export type ControlPdu =
  | { readonly kind: 'associate-request'; readonly body: AssociateRequest }
  | { readonly kind: 'associate-accept'; readonly body: AssociateAccept }
  | { readonly kind: 'associate-reject'; readonly body: AssociateReject }
  | { readonly kind: 'release-request' }
  | { readonly kind: 'release-response' }
  | { readonly kind: 'abort'; readonly body: Abort }

/** The PDU of a type and its whole body. Throws `bad-pdu`. */
export function parsePdu(type: number, body: Uint8Array): ControlPdu {
  switch (type) {
    case pduTypes.associateRequest:
      return { kind: 'associate-request', body: parseRequest(body) }
    case pduTypes.associateAccept:
      return { kind: 'associate-accept', body: parseAccept(body) }
    case pduTypes.associateReject:
      return {
        kind: 'associate-reject',
        body: { result: body[1] ?? 0, source: body[2] ?? 0, reason: body[3] ?? 0 },
      }
    case pduTypes.releaseRequest:
      return { kind: 'release-request' }
    case pduTypes.releaseResponse:
      return { kind: 'release-response' }
    case pduTypes.abort:
      return { kind: 'abort', body: { source: body[2] ?? 0, reason: body[3] ?? 0 } }
    default:
      throw new DicomError('bad-pdu', `PDU type ${type} is not known`)
  }
}

type Item = { readonly type: number; readonly body: Uint8Array }

/** Items of one level: type, reserved byte, 16-bit length, body. */
function items(bytes: Uint8Array): readonly Item[] {
  const found: Item[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
    const end = at + 4 + length
    if (at + 4 > bytes.length || end > bytes.length)
      throw new DicomError('bad-pdu', 'an item is longer than its PDU', { offset: at })
    found.push({ type: bytes[at] ?? 0, body: bytes.subarray(at + 4, end) })
    at = end
  }
  return found
}

const fixedBytes = 68
const ascii = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trimStart()
const textOf = (found: readonly Item[], type: number): string =>
  ascii(found.find((item) => item.type === type)?.body ?? new Uint8Array(0))

function titlesAndItems(body: Uint8Array): {
  calledAe: string
  callingAe: string
  variable: readonly Item[]
} {
  if (body.length < fixedBytes) throw new DicomError('bad-pdu', 'an A-ASSOCIATE PDU is shorter than 68 bytes')
  return {
    calledAe: ascii(body.subarray(4, 20)),
    callingAe: ascii(body.subarray(20, 36)),
    variable: items(body.subarray(fixedBytes)),
  }
}

function parseRequest(body: Uint8Array): AssociateRequest {
  const { calledAe, callingAe, variable } = titlesAndItems(body)
  const contexts = variable
    .filter((item) => item.type === 0x20)
    .map((item): ProposedContext => {
      const inner = items(item.body.subarray(4))
      return {
        id: item.body[0] ?? 0,
        abstractSyntax: textOf(inner, 0x30),
        transferSyntaxes: inner.filter((sub) => sub.type === 0x40).map((sub) => ascii(sub.body)),
      }
    })
  if (contexts.length === 0)
    throw new DicomError('bad-pdu', 'an A-ASSOCIATE-RQ proposes no presentation context')
  return { calledAe, callingAe, contexts, maxPduBytes: maxPduBytesOf(variable) }
}

function parseAccept(body: Uint8Array): AssociateAccept {
  const { calledAe, callingAe, variable } = titlesAndItems(body)
  const contexts = variable
    .filter((item) => item.type === 0x21)
    .map(
      (item): DecidedContext => ({
        id: item.body[0] ?? 0,
        result: contextResultOf(item.body[2] ?? 1),
        transferSyntax: textOf(items(item.body.subarray(4)), 0x40),
      }),
    )
  return { calledAe, callingAe, contexts, maxPduBytes: maxPduBytesOf(variable) }
}

function contextResultOf(byte: number): ContextResult {
  return Object.values(contextResults).find((result) => result === byte) ?? contextResults.noReason
}

function maxPduBytesOf(variable: readonly Item[]): number {
  const user = variable.find((item) => item.type === 0x50)
  const length = user && items(user.body).find((item) => item.type === 0x51)?.body
  return length && length.length >= 4 ? Buffer.from(length).readUInt32BE(0) : 0
}

function item(type: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([type, 0, body.length >> 8, body.length & 0xff]), body])
}

/** The bytes of a PDU of a type. */
function pdu(type: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(parts)
  const header = Buffer.alloc(6)
  header[0] = type
  header.writeUInt32BE(body.length, 2)
  return Buffer.concat([header, body])
}

const uid = (type: number, text: string): Uint8Array => item(type, Buffer.from(text, 'latin1'))

function userInformation(maxPduBytes: number): Uint8Array {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(maxPduBytes)
  return item(
    0x50,
    item(0x51, length),
    uid(0x52, implementationClassUid),
    uid(0x55, implementationVersionName),
  )
}

function titles(calledAe: string, callingAe: string): Uint8Array {
  const fixed = Buffer.alloc(fixedBytes)
  fixed.writeUInt16BE(1, 0)
  fixed.write(calledAe.slice(0, 16).padEnd(16), 4, 'latin1')
  fixed.write(callingAe.slice(0, 16).padEnd(16), 20, 'latin1')
  return fixed
}

/** A-ASSOCIATE-RQ (PS3.8 §9.3.2). */
export function associateRequest(request: AssociateRequest): Uint8Array {
  const contexts = request.contexts.map((context) =>
    item(
      0x20,
      Uint8Array.of(context.id, 0, 0, 0),
      uid(0x30, context.abstractSyntax),
      ...context.transferSyntaxes.map((syntax) => uid(0x40, syntax)),
    ),
  )
  const fixed = titles(request.calledAe, request.callingAe)
  return pdu(1, fixed, uid(0x10, applicationContext), ...contexts, userInformation(request.maxPduBytes))
}

/** A-ASSOCIATE-AC (PS3.8 §9.3.3). */
export function associateAccept(accept: AssociateAccept): Uint8Array {
  const contexts = accept.contexts.map((context) =>
    item(0x21, Uint8Array.of(context.id, 0, context.result, 0), uid(0x40, context.transferSyntax)),
  )
  const fixed = titles(accept.calledAe, accept.callingAe)
  return pdu(2, fixed, uid(0x10, applicationContext), ...contexts, userInformation(accept.maxPduBytes))
}

/** A-ASSOCIATE-RJ (PS3.8 §9.3.4). */
export function associateReject(reject: AssociateReject): Uint8Array {
  return pdu(3, Uint8Array.of(0, reject.result, reject.source, reject.reason))
}

/** A-RELEASE-RQ and A-RELEASE-RP (PS3.8 §9.3.6, §9.3.7). */
export const releaseRequest = (): Uint8Array => pdu(5, new Uint8Array(4))
export const releaseResponse = (): Uint8Array => pdu(6, new Uint8Array(4))

/** A-ABORT (PS3.8 §9.3.8). */
export function abort(body: Abort): Uint8Array {
  return pdu(7, Uint8Array.of(0, 0, body.source, body.reason))
}

/** P-DATA-TF with one presentation data value (PS3.8 §9.3.5, annex E): the header apart, so that data are not copied. */
export function dataHeader(
  contextId: number,
  isCommand: boolean,
  isLast: boolean,
  dataBytes: number,
): Uint8Array {
  const header = Buffer.alloc(12)
  header[0] = pduTypes.data
  header.writeUInt32BE(dataBytes + 6, 2)
  header.writeUInt32BE(dataBytes + 2, 6)
  header[10] = contextId
  header[11] = (isCommand ? 1 : 0) | (isLast ? 2 : 0)
  return header
}

/** All P-DATA-TF of one message part, split so that none is longer than the peer can receive. */
export function dataPdus(
  contextId: number,
  isCommand: boolean,
  data: Uint8Array,
  maxPduBytes: number,
): Uint8Array[] {
  const room = (maxPduBytes === 0 ? 131_072 : maxPduBytes) - 6
  const parts: Uint8Array[] = []
  for (let start = 0; start < data.length || start === 0; start += room) {
    const piece = data.subarray(start, start + room)
    parts.push(dataHeader(contextId, isCommand, start + room >= data.length, piece.length), piece)
  }
  return parts
}
