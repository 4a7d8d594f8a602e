/** 120 conversations that no DICOM node may take: PDUs that are none, associations that ask for too much, broken datasets. */
import type { Instance } from '@xinglin/client'
import { associateRequest } from '@xinglin/dicom/network'
import { cuts, randomBytes, times } from './chance.ts'
import { ctStorage, slice } from './traffic.ts'

/** Bytes on a fresh connection; the node answers by A-ABORT (07H), A-ASSOCIATE-RJ (03H) or hangs up. */
export type BadBytes = { readonly name: string; readonly bytes: Buffer }
/** An instance on a good association; the node answers by a failure status or aborts. */
export type BadInstance = { readonly name: string; readonly instance: Instance }

const request = (calledAe: string, abstractSyntax: string) =>
  Buffer.from(
    associateRequest({
      calledAe,
      callingAe: 'BAD',
      contexts: [{ id: 1, abstractSyntax, transferSyntaxes: ['1.2.840.10008.1.2.1'] }],
      maxPduBytes: 16_384,
    }),
  )

export function badBytes(): readonly BadBytes[] {
  const good = request('XINGLIN', ctStorage)
  const withLength = (length: number) => {
    const pdu = Buffer.from(good)
    pdu.writeUInt32BE(length, 2)
    return pdu
  }
  return [
    ...times(30, (index) => ({
      name: `random bytes ${index}`,
      bytes: randomBytes(`dicom ${index}`, 100 + index * 97),
    })),
    ...times(10, (index) => ({
      name: `an unknown PDU type ${index + 8}`,
      bytes: Buffer.from([index + 8, 0, 0, 0, 0, 4, 0, 0, 0, 0]),
    })),
    ...[0xffffffff, 0x7fffffff, 100_000_000, 1_000_000].map((length) => ({
      name: `a request that says ${length} bytes`,
      bytes: withLength(length),
    })),
    ...[0, 1, 10, 60].map((length) => ({
      name: `a request that says ${length} bytes`,
      bytes: withLength(length),
    })),
    ...times(10, (index) => ({
      name: `a request with byte ${80 + index * 7} changed`,
      bytes: changed(good, 80 + index * 7),
    })),
    { name: 'data before an association', bytes: Buffer.from([4, 0, 0, 0, 0, 6, 0, 0, 0, 2, 1, 3]) },
    { name: 'a release before an association', bytes: Buffer.from([5, 0, 0, 0, 0, 4, 0, 0, 0, 0]) },
    { name: 'a node that is not ours', bytes: request('SOMEONE', ctStorage) },
    { name: 'HTTP', bytes: Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n') },
    {
      name: 'data for a context that was never agreed',
      bytes: Buffer.concat([good, Buffer.from([4, 0, 0, 0, 0, 6, 0, 0, 0, 2, 99, 3])]),
    },
    { name: 'a second request on one association', bytes: Buffer.concat([good, good]) },
  ]
}

/** Item and sub-item types sit at these places; changing them breaks the structure. */
function changed(pdu: Buffer, at: number): Buffer {
  const copy = Buffer.from(pdu)
  copy.writeUInt16BE(0xfffe, at)
  return copy
}

export function badInstances(): readonly BadInstance[] {
  const good = slice(0)
  const bytes = Buffer.from(good.dataset)
  const instance = (dataset: Buffer, index: number): Instance => ({
    ...good,
    sopInstanceUid: `2.999.86.7.9.${index}`,
    dataset,
  })
  return [
    ...cuts(400, 25).map((at, index) => ({
      name: `a dataset cut after ${at} bytes`,
      instance: instance(bytes.subarray(0, at), index),
    })),
    ...times(20, (index) => ({
      name: `random bytes ${index} as a dataset`,
      instance: instance(randomBytes(`dataset ${index}`, 64 + index * 50), 100 + index),
    })),
    { name: 'an empty dataset', instance: instance(Buffer.alloc(0), 200) },
    { name: 'a dataset of zeros', instance: instance(Buffer.alloc(1000), 201) },
    {
      name: 'an element that says 4 GB',
      instance: instance(
        Buffer.concat([Buffer.from([0x08, 0, 0x05, 0, 0x55, 0x4e, 0, 0, 0xf0, 0xff, 0xff, 0xff]), bytes]),
        202,
      ),
    },
    { name: 'sequences 10,000 deep', instance: instance(deepSequences(10_000), 203) },
    { name: 'another SOP Instance UID than the command says', instance: instance(bytes, 204) },
  ]
}

/** (0008,1140) SQ of undefined length with an item that holds the same again. */
function deepSequences(depth: number): Buffer {
  const open = Buffer.from([
    0x08, 0, 0x40, 0x11, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0, 0xe0, 0xff, 0xff, 0xff,
    0xff,
  ])
  return Buffer.concat(Array.from({ length: depth }, () => open))
}
