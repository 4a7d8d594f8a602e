/**
 * HL7 v2 in memory: bytes to message and back, one core, beside two public libraries in the same run. Ours checks the character
 * set and control characters and keeps every byte; theirs split text.
 */
import { Hl7Message } from '@medplum/core'
import { decodeMessage, encodeText, parseMessage, printMessage } from '@xinglin/hl7v2'
import { Message as ClientMessage } from 'node-hl7-client'
import type { Measurement } from './measure.ts'

const warmUps = 5_000
const messages = 100_000

const text = [
  'MSH|^~\\&|LIS|BENCH|XINGLIN|BENCH|20261101080000+0800||ORU^R01^ORU_R01|R1|P|2.5.1||||||UNICODE UTF-8',
  'PID|1||P1^^^BENCH&2.999.86.9.1&ISO^MR||李^测1||19700101|F|||天河路1号^^广州^^510000',
  'PV1|1|O|OPD-BENCH||||||||||||||||V1^^^BENCH&2.999.86.9.2&ISO^VN',
  'OBR|1|L1^BENCH|F1^LIS|24326-1^电解质^LN|||20261101090000+0800|||||||||||||||20261101090000+0800||LAB|F',
  'OBX|1|NM|2823-3^钾^LN||3.5|mmol/L^mmol/L^UCUM|3.5-5.3|N|||F|||20261101090000+0800',
  'OBX|2|NM|2951-2^钠^LN||135|mmol/L^mmol/L^UCUM|137-147|N|||F|||20261101090000+0800',
  '',
].join('\r')
const bytes = Buffer.from(text)

const works: Readonly<Record<string, () => unknown>> = {
  'HL7 v2 read and written': () => {
    const { text: decoded, set } = decodeMessage(bytes)
    return encodeText(printMessage(parseMessage(decoded, { set })), set)
  },
  'HL7 v2 read with every field, and written': () => {
    const { text: decoded, set } = decodeMessage(bytes)
    const message = parseMessage(decoded, { set })
    for (const segment of message.segments)
      for (let number = 1; number <= segment.fieldCount; number++) segment.field(number)
    return encodeText(printMessage(message), set)
  },
  'HL7 v2 read and written by @medplum/core': () =>
    Buffer.from(Hl7Message.parse(bytes.toString('utf8')).toString()),
  'HL7 v2 read and written by node-hl7-client': () =>
    Buffer.from(new ClientMessage({ text: bytes.toString('utf8') }).toString()),
}

/** Messages of CPU time, so that other work on the machine does not count. */
export async function benchParsing(): Promise<readonly Measurement[]> {
  return Object.entries(works).map(([name, work]) => {
    for (let done = 0; done < warmUps; done++) work()
    const before = process.cpuUsage()
    for (let done = 0; done < messages; done++) work()
    const { user, system } = process.cpuUsage(before)
    const seconds = (user + system) / 1e6
    const note = `ORU^R01 with 2 OBX, ${bytes.byteLength} bytes, of one core's time`
    return {
      ...{ name, operations: messages, seconds, perSecond: messages / seconds },
      p50Ms: 0,
      p95Ms: 0,
      failures: 0,
      note,
    }
  })
}
