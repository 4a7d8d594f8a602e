/** Both suites against the published vectors and against the openssl command line. */
import { deepEqual, equal } from 'node:assert/strict'
import { createCipheriv, createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { openssl, scratchFolder, withoutGuomi } from '../testing/openssl.ts'
import { sm2Digest, sm2PublicKey, sm2Sign, sm2Verify } from './sm2.ts'
import { suites } from './suites.ts'

const message = Buffer.from('出院记录 discharge summary')
const bound = Buffer.from('chart.document\0Composition/1')
const { path, remove } = scratchFolder()
after(remove)
const skip = withoutGuomi()

/** GB/T 32918.5 annex A: key, digest and signature of `message digest` by 1234567812345678. */
const published = {
  point:
    '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
  e: 'f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640',
  signature:
    '3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
}

test('SM3 gives the digest of annex A of GB/T 32905', () => {
  equal(
    createHash('sm3').update('abc').digest('hex'),
    '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
  )
})

test('SM4 gives the block of annex A of GB/T 32907', () => {
  const block = Buffer.from('0123456789abcdeffedcba9876543210', 'hex')
  const cipher = createCipheriv('sm4-ecb', block, null).setAutoPadding(false)
  equal(cipher.update(block).toString('hex'), '681edf34d206965e86b3e94f536e4246')
})

test('SM2 verifies the signature of annex A of GB/T 32918.5 and refuses another message', () => {
  const key = sm2PublicKey(Buffer.from(published.point, 'hex'))
  const signature = Buffer.from(published.signature, 'hex')
  const given = Buffer.from('message digest')

  equal(sm2Digest(given, published.point).toString('hex'), published.e)
  deepEqual([sm2Verify(given, signature, key), sm2Verify(message, signature, key)], [true, false])
})

test('openssl verifies what SM2 signs here', { skip }, () => {
  const { publicKey, privateKey } = suites.guomi.makeSigningKey()
  writeFileSync(path('public.der'), publicKey)
  writeFileSync(path('signature'), sm2Sign(message, privateKey))

  const answer = openssl(
    [
      ...['dgst', '-sm3', '-keyform', 'DER', '-verify', path('public.der')],
      ...['-signature', path('signature'), '-sigopt', 'distid:1234567812345678'],
    ],
    { input: message },
  )
  equal(answer.toString().trim(), 'Verified OK')
})

test('SM2 verifies here what openssl signs', { skip }, () => {
  openssl(['genpkey', '-algorithm', 'SM2', '-out', path('sm2.pem')])
  const publicKey = openssl(['pkey', '-in', path('sm2.pem'), '-pubout', '-outform', 'DER'])
  const signature = openssl(
    ['dgst', '-sm3', '-sign', path('sm2.pem'), '-sigopt', 'distid:1234567812345678'],
    { input: message },
  )

  deepEqual([sm2Verify(message, signature, publicKey), sm2Verify(bound, signature, publicKey)], [true, false])
})

test('openssl decrypts what SM4 encrypts here, and makes the same HMAC-SM3', { skip }, () => {
  const key = Buffer.alloc(48, 7)
  const sealed = suites.guomi.encrypt(key, message, bound)
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

  const plain = openssl(
    ['enc', '-d', '-sm4-ctr', '-K', hex(key.subarray(0, 16)), '-iv', hex(sealed.subarray(0, 16))],
    { input: sealed.subarray(16, -32) },
  )
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE(BigInt(bound.length))
  const mac = openssl(
    ['dgst', '-sm3', '-mac', 'HMAC', '-macopt', `hexkey:${hex(key.subarray(16))}`, '-binary'],
    { input: Buffer.concat([length, bound, sealed.subarray(0, -32)]) },
  )

  deepEqual([plain, mac], [message, sealed.subarray(-32)])
})

test('openssl verifies what ECDSA signs here', () => {
  const { publicKey, privateKey } = suites.international.makeSigningKey()
  writeFileSync(path('p256.der'), publicKey)
  writeFileSync(path('p256.signature'), suites.international.sign(message, privateKey))

  const answer = openssl(
    ['dgst', '-sha256', '-keyform', 'DER', '-verify', path('p256.der'), '-signature', path('p256.signature')],
    { input: message },
  )
  equal(answer.toString().trim(), 'Verified OK')
})

for (const suite of Object.values(suites)) {
  test(`${suite.name}: no byte of what is encrypted, and none of what is bound, can be changed`, () => {
    const key = Buffer.alloc(suite.keyBytes, 3)
    const sealed = suite.encrypt(key, message, bound)
    const changed = (bytes: Buffer, at: number) => Buffer.from(bytes).fill((bytes[at] ?? 0) ^ 1, at, at + 1)

    deepEqual(suite.decrypt(key, sealed, bound), message)
    equal(sealed.length, message.length + suite.overheadBytes)
    const opened = [
      ...[...sealed.keys()].map((at) => suite.decrypt(key, changed(sealed, at), bound)),
      ...[...bound.keys()].map((at) => suite.decrypt(key, sealed, changed(bound, at))),
      ...[...sealed.keys()].map((end) => suite.decrypt(key, sealed.subarray(0, end), bound)),
    ]
    deepEqual(new Set(opened), new Set([undefined]))
  })

  test(`${suite.name}: a signature holds for its bytes and its key alone`, () => {
    const signer = suite.makeSigningKey()
    const other = suite.makeSigningKey()
    const signature = suite.sign(message, signer.privateKey)

    deepEqual(
      [
        suite.verify(message, signature, signer.publicKey),
        suite.verify(message, signature, other.publicKey),
        suite.verify(bound, signature, signer.publicKey),
        suite.verify(message, Buffer.from('no DER at all'), signer.publicKey),
        suite.verify(message, Buffer.alloc(0), signer.publicKey),
      ],
      [true, false, false, false, false],
    )
  })
}
