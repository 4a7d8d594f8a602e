/** PS3.8 and PS3.7: the state table is complete, PDUs survive any cut, hostile ones are named. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DicomError } from '../failure.ts'
import {
  type AssociationEvent,
  abort,
  associateAccept,
  associateReject,
  associateRequest,
  associationTable,
  type CommandSet,
  commands,
  createPduReader,
  dataPdus,
  nextStates,
  type PduListener,
  parseCommandSet,
  releaseRequest,
  releaseResponse,
  transition,
  writeCommandSet,
} from '../network.ts'

const request = {
  calledAe: 'XINGLIN',
  callingAe: 'CT01',
  contexts: [{ id: 1, abstractSyntax: '1.2.840.10008.1.1', transferSyntaxes: ['1.2.840.10008.1.2'] }],
  maxPduBytes: 16_384,
}
const accept = {
  calledAe: 'XINGLIN',
  callingAe: 'CT01',
  contexts: [{ id: 1, result: 0 as const, transferSyntax: '1.2.840.10008.1.2' }],
  maxPduBytes: 131_072,
}

function listen(): { told: unknown[]; listener: PduListener } {
  const told: unknown[] = []
  let bytes: Buffer = Buffer.alloc(0)
  return {
    told,
    listener: {
      control: (pdu) => told.push(pdu),
      dataBegin: () => {
        bytes = Buffer.alloc(0)
      },
      data: (_header, piece) => {
        bytes = Buffer.concat([bytes, piece])
      },
      dataEnd: (header) => told.push({ ...header, text: bytes.toString() }),
    },
  }
}

test('every PDU is read as it was written, byte by byte', () => {
  const stream = Buffer.concat([
    associateRequest(request),
    associateAccept(accept),
    associateReject({ result: 1, source: 1, reason: 7 }),
    ...dataPdus(3, false, Buffer.from('a dataset in three pieces'), 16),
    releaseRequest(),
    releaseResponse(),
    abort({ source: 2, reason: 1 }),
  ])
  const { told, listener } = listen()
  const reader = createPduReader(listener)

  for (const byte of stream) reader.write(Uint8Array.of(byte))

  const data = { contextId: 3, isCommand: false }
  assert.deepEqual(told, [
    { kind: 'associate-request', body: request },
    { kind: 'associate-accept', body: accept },
    { kind: 'associate-reject', body: { result: 1, source: 1, reason: 7 } },
    { ...data, isLast: false, text: 'a dataset ' },
    { ...data, isLast: false, text: 'in three p' },
    { ...data, isLast: true, text: 'ieces' },
    { kind: 'release-request' },
    { kind: 'release-response' },
    { kind: 'abort', body: { source: 2, reason: 1 } },
  ])
})

test('what is no PDU is refused', () => {
  const hostile = [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.from([1, 0, 0xff, 0xff, 0xff, 0xff]),
    Buffer.from([4, 0, 0xff, 0xff, 0xff, 0xff]),
    Buffer.from([4, 0, 0, 0, 0, 6, 0, 0, 0, 99, 1, 3]),
    Buffer.from([1, 0, 0, 0, 0, 4, 0, 1, 0, 0]),
  ]
  for (const bytes of hostile)
    assert.throws(
      () => createPduReader(listen().listener).write(bytes),
      (error) => error instanceof DicomError,
    )
})

test('command sets are read as they were written', () => {
  const command: CommandSet = {
    commandField: commands.storeResponse,
    messageId: 0,
    respondsTo: 7,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid: '1.2.3',
    hasDataSet: false,
    status: 0xa900,
    errorComment: 'why',
  }

  assert.deepEqual(parseCommandSet(writeCommandSet(command)), command)
  assert.throws(() => parseCommandSet(Buffer.from([1, 2, 3])), /command set/)
})

const events = Object.keys(associationTable) as AssociationEvent[]
const states = [
  'Sta1',
  'Sta2',
  'Sta3',
  'Sta4',
  'Sta5',
  'Sta6',
  'Sta7',
  'Sta8',
  'Sta9',
  'Sta10',
  'Sta11',
  'Sta12',
  'Sta13',
] as const

test('the state table has an answer for each of 13 states and 19 events', () => {
  assert.equal(events.length, 19)
  for (const event of events) assert.deepEqual(Object.keys(associationTable[event]), [...states])
})

test('data are given to the user in Sta6 only, and from Sta13 only the close follows', () => {
  const giving = states.filter((state) => associationTable['data-pdu'][state] === 'DT-2')
  const fromEnd = events.flatMap((event) => {
    const found = transition('Sta13', event)
    return found.isPossible ? [found.next] : []
  })

  assert.deepEqual(giving, ['Sta6'])
  assert.deepEqual([...new Set(fromEnd)].sort(), ['Sta1', 'Sta13'])
})

test('ARTIM can expire where it runs, in Sta2 and Sta13, and nowhere else', () => {
  const running = states.filter((state) => associationTable['artim-expired'][state] !== '-')

  assert.deepEqual(running, ['Sta2', 'Sta13'])
  assert.equal(nextStates['AE-5'], 'Sta2')
})

test('an association is opened, used and released', () => {
  const path: AssociationEvent[] = [
    'connection-came',
    'request-pdu',
    'accept-wanted',
    'data-pdu',
    'data-wanted',
    'release-request-pdu',
    'release-answer-wanted',
    'connection-closed',
  ]
  let state: (typeof states)[number] = 'Sta1'
  const seen = path.map((event) => {
    const found = transition(state, event)
    if (found.isPossible) state = found.next
    return found.isPossible ? found.next : 'impossible'
  })

  assert.deepEqual(seen, ['Sta2', 'Sta3', 'Sta6', 'Sta6', 'Sta6', 'Sta8', 'Sta13', 'Sta1'])
})
