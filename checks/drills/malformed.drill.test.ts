/** 400 malformed inputs across the doors: each gets its clear answer, the process stays up, memory stays flat. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { associate, type Platform, startPlatform } from '@xinglin/client'
import { signIn } from './fhir.ts'
import { badBytes, badInstances } from './malformed-dicom.ts'
import { badRequests } from './malformed-fhir.ts'
import { badFrames } from './malformed-hl7.ts'
import { ctStorage } from './traffic.ts'

const answerLimitMs = 15_000
/** What the largest single input may cost while it is looked at, and what stays of garbage that is not yet collected. */
const growthLimitMegabytes = 250
let platform: Platform
let startMegabytes = 0

before(async () => {
  platform = await startPlatform({ environment: { XINGLIN_LOG_LEVEL: 'error' } })
  startMegabytes = megabytes(platform)
})
after(() => platform.stop())

test('at least 400 inputs are tried', () => {
  const count = badRequests().length + badFrames().length + badBytes().length + badInstances().length
  assert.ok(count >= 400, `only ${count}`)
})

test('every malformed FHIR request is answered by its status and an OperationOutcome', {
  timeout: 300_000,
}, async () => {
  const { token } = await signIn(platform)
  const wrong: string[] = []
  for (const { name, method, path, headers, body, statuses } of badRequests()) {
    const answer = await fetch(platform.baseUrl + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined ? {} : { body }),
    }).catch((error: unknown) => ({ status: 0, text: async () => String(error) }))
    const outcome = parseOutcome(await answer.text())
    // A body that is far too long may be cut off while it is still sent: then the client sees the reset, not the answer.
    const isCutOff = answer.status === 0 && statuses.includes(0)
    if (!isCutOff && (!statuses.includes(answer.status) || !outcome))
      wrong.push(`${name}: HTTP ${answer.status}${outcome ? '' : ' without OperationOutcome'}`)
  }
  assert.deepEqual(wrong, [])
})

test('every malformed HL7 frame is answered by AE or AR with ERR, or the connection is closed', {
  timeout: 300_000,
}, async () => {
  const wrong: string[] = []
  for (const { name, bytes, expect } of badFrames()) {
    const answer = (await converse(platform.ports.hl7, bytes)).toString('utf8')
    const isRefusal = /\rMSA\|A[ER][|\r]/.test(answer) && /\rERR\|/.test(answer)
    const isRight = isRefusal ? expect !== 'closed' : expect !== 'refused' && answer === ''
    if (!isRight) wrong.push(`${name}: ${JSON.stringify(answer.slice(0, 200))}`)
  }
  assert.deepEqual(wrong, [])
})

test('every malformed DICOM conversation ends in a reject, an abort or a closed connection', {
  timeout: 300_000,
}, async () => {
  const wrong: string[] = []
  for (const { name, bytes } of badBytes()) {
    const answer = await converse(platform.ports.dicom, bytes)
    const pduTypes = pduTypesOf(answer)
    const last = pduTypes.at(-1)
    // 02H alone: the request was sound after all and the node waited for more until we hung up.
    if (last !== undefined && ![0x02, 0x03, 0x06, 0x07].includes(last))
      wrong.push(`${name}: ${answer.subarray(0, 40).toString('hex')}`)
  }
  assert.deepEqual(wrong, [])
})

test('every broken DICOM instance gets a failure status or an abort', { timeout: 300_000 }, async () => {
  const address = {
    host: '127.0.0.1',
    port: platform.ports.dicom,
    callingTitle: 'BAD',
    calledTitle: 'XINGLIN',
  }
  const wrong: string[] = []
  for (const { name, instance } of badInstances()) {
    const association = await associate(address, [ctStorage])
    const status = await association.store(instance).catch(() => 'aborted')
    if (status === 0) wrong.push(name)
    await association.release().catch(() => association.abandon())
  }
  assert.deepEqual(wrong, [])
})

test('afterwards nothing of it is in the record, every door is open and memory is flat', async () => {
  const fhir = await signIn(platform)
  const counts = await Promise.all(['Patient', 'Observation', 'ImagingStudy'].map(fhir.count))
  const ready = await fetch(`${platform.baseUrl}/health/ready`)
  assert.deepEqual({ counts, status: ready.status }, { counts: [0, 0, 0], status: 200 })
  const growth = megabytes(platform) - startMegabytes
  assert.ok(growth < growthLimitMegabytes, `the platform grew by ${growth} MB`)
})

/** Sends `bytes`, ends our side and gives what came back before the other side hung up. */
function converse(port: number, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    const socket = connect({ host: '127.0.0.1', port })
    const end = () => {
      socket.destroy()
      resolve(Buffer.concat(parts))
    }
    socket.setTimeout(answerLimitMs, end)
    socket.on('data', (part) => parts.push(part))
    socket.on('close', end)
    // A reset while we still write is how a listener hangs up on a sender that does not stop.
    socket.on('error', end)
    socket.end(bytes)
  })
}

function parseOutcome(text: string): boolean {
  try {
    const answer = JSON.parse(text)
    return (
      answer.resourceType === 'OperationOutcome' &&
      answer.issue.length > 0 &&
      Boolean(answer.issue[0].diagnostics)
    )
  } catch {
    return false
  }
}

function pduTypesOf(bytes: Buffer): readonly number[] {
  const types: number[] = []
  for (let at = 0; at + 6 <= bytes.length; at += 6 + bytes.readUInt32BE(at + 2)) types.push(bytes[at] ?? 0)
  return types
}

function megabytes({ pid }: Platform): number {
  return Math.round(
    Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid())], { encoding: 'utf8' }).trim()) / 1024,
  )
}
