/**
 * HL7 v2 over MLLP: ORU^R01 with two OBX over four connections, first of senders that wait for each AA before the next message,
 * then of senders with several on their way.
 */
import { createMllpClient, type Platform } from '@xinglin/client'
import { type Measurement, measure } from './measure.ts'

const connections = 4
/** Of a sender that does not wait for each answer. */
const onTheirWay = 8
const seconds = 15
const patients = 200
/** Numbers of another run on the same platform are no resent ones. */
let run = 0

export async function benchHl7(platform: Platform): Promise<readonly Measurement[]> {
  run++
  const clients = Array.from({ length: connections }, () =>
    createMllpClient({ host: '127.0.0.1', port: platform.ports.hl7 }),
  )
  const send = async (sender: number, text: string) =>
    (await clients[sender]?.send(Buffer.from(text, 'utf8')))?.code === 'AA'
  for (let number = 0; number < patients; number++) await send(number % connections, admission(number))
  const rows: Measurement[] = []
  for (const atOnce of [1, onTheirWay]) {
    const note = `${connections} connections, ${atOnce} on their way each, ${patients} patients, a Provenance each`
    const options = { senders: connections * atOnce, seconds, note }
    rows.push(
      await measure('ORU^R01 with 2 OBX', options, (sender, index) =>
        send(sender % connections, report(atOnce, index)),
      ),
    )
  }
  for (const client of clients) client.close()
  return rows
}

const time = (index: number) =>
  `2026110${1 + (index % 9)}${String(8 + (index % 10)).padStart(2, '0')}${String(index % 60).padStart(2, '0')}00+0800`
const patient = (number: number) =>
  `PID|1||P${number}^^^BENCH&2.999.86.9.1&ISO^MR||李^测${number % 90}||19700101|F`
const visit = (number: number) => `PV1|1|O|OPD-BENCH||||||||||||||||V${number}^^^BENCH&2.999.86.9.2&ISO^VN`
const header = (type: string, control: string) =>
  `MSH|^~\\&|LIS|BENCH|XINGLIN|BENCH|20261101080000+0800||${type}|${control}|P|2.5.1||||||UNICODE UTF-8`
const message = (...segments: readonly string[]) => segments.map((segment) => `${segment}\r`).join('')

function admission(number: number): string {
  return message(
    header('ADT^A04^ADT_A01', `A${number}`),
    'EVN|A04|20261101080000+0800',
    patient(number),
    visit(number),
  )
}

function report(series: number, index: number): string {
  const number = index % patients
  const name = `${run}-${series}-${index}`
  const order = `L${name}^BENCH`
  return message(
    header('ORU^R01^ORU_R01', `R${name}`),
    patient(number),
    visit(number),
    `OBR|1|${order}|F${name}^LIS|24326-1^电解质^LN|||${time(index)}|||||||||||||||${time(index)}||LAB|F`,
    `OBX|1|NM|2823-3^钾^LN||${(3.5 + (index % 20) / 10).toFixed(1)}|mmol/L^mmol/L^UCUM|3.5-5.3|N|||F|||${time(index)}`,
    `OBX|2|NM|2951-2^钠^LN||${135 + (index % 12)}|mmol/L^mmol/L^UCUM|137-147|N|||F|||${time(index)}`,
  )
}
