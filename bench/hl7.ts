/**
 * HL7 v2 over MLLP over four connections, of senders with several messages on their way: ORU^R01 with 1, 2 and 24 OBX, ADT^A08 that
 * changes a patient, and ORU of senders that wait for each AA before the next message. Wall time tells of whoever shares the machine
 * too; the milliseconds of CPU a message, of the platform's process and of PostgreSQL's, do not.
 */
import { createMllpClient, type Platform } from '@xinglin/client'
import { type Measurement, measure } from './measure.ts'
import { platformCpuMs } from './platform-cpu.ts'

const connections = 4
/** Of a sender that does not wait for each answer. */
const onTheirWay = 8
const seconds = 10
const patients = 200
/** Numbers of another run on the same platform are no resent ones. */
let run = 0

type Kind = {
  readonly name: string
  readonly text: (series: string, index: number) => string
  readonly atOnce: number
}

const kinds: readonly Kind[] = [
  { name: 'ORU^R01 with 2 OBX', text: (series, index) => report(series, index, 2), atOnce: 1 },
  { name: 'ORU^R01 with 1 OBX', text: (series, index) => report(series, index, 1), atOnce: onTheirWay },
  { name: 'ORU^R01 with 2 OBX', text: (series, index) => report(series, index, 2), atOnce: onTheirWay },
  { name: 'ORU^R01 with 24 OBX', text: (series, index) => report(series, index, 24), atOnce: onTheirWay },
  { name: 'ADT^A08', text: update, atOnce: onTheirWay },
]

export async function benchHl7(platform: Platform): Promise<readonly Measurement[]> {
  run++
  const clients = Array.from({ length: connections }, () =>
    createMllpClient({ host: '127.0.0.1', port: platform.ports.hl7 }),
  )
  const send = async (sender: number, text: string) =>
    (await clients[sender]?.send(Buffer.from(text, 'utf8')))?.code === 'AA'
  for (let number = 0; number < patients; number++) await send(number % connections, admission(number))
  const rows: Measurement[] = []
  for (const [series, { name, text, atOnce }] of kinds.entries()) {
    const before = await platformCpuMs(platform.pid())
    const row = await measure(name, { senders: connections * atOnce, seconds }, (sender, index) =>
      send(sender % connections, text(`${run}-${series}`, index)),
    )
    const cpu = (await platformCpuMs(platform.pid())) - before
    const note = `${connections} connections, ${atOnce} on their way each, a Provenance each; ${(cpu / row.operations).toFixed(2)} ms of CPU a message`
    rows.push({ ...row, note })
  }
  for (const client of clients) client.close()
  return rows
}

/** People who differ: a master index that follows would compare hundreds of one name and day of birth. */
const families = [...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗']
const pad = (number: number) => String(number).padStart(2, '0')
const time = (index: number) => `2026110${1 + (index % 9)}${pad(8 + (index % 10))}${pad(index % 60)}00+0800`
const patient = (number: number, street = '') =>
  `PID|1||P${number}^^^BENCH&2.999.86.9.1&ISO^MR||${families[number % families.length]}^测${number}||${1930 + (number % 80)}${pad(1 + (number % 12))}${pad(1 + (number % 28))}|F${street === '' ? '' : `|||${street}`}`
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

/** The patient moves each time. */
function update(series: string, index: number): string {
  const number = index % patients
  return message(
    header('ADT^A08^ADT_A01', `U${series}-${index}`),
    `EVN|A08|${time(index)}`,
    patient(number, `泉城路${index}号^历下区^济南市^山东省^250011^CHN^H`),
    visit(number),
  )
}

function report(series: string, index: number, results: number): string {
  const number = index % patients
  const name = `${series}-${index}`
  const order = `L${name}^BENCH`
  const result = (place: number) =>
    `OBX|${place}|NM|${2800 + place}-${place % 10}^项目${place}^LN||${(3.5 + ((index + place) % 20) / 10).toFixed(1)}|mmol/L^mmol/L^UCUM|3.5-5.3|N|||F|||${time(index)}`
  return message(
    header('ORU^R01^ORU_R01', `R${name}`),
    patient(number),
    visit(number),
    `OBR|1|${order}|F${name}^LIS|24326-1^电解质^LN|||${time(index)}|||||||||||||||${time(index)}||LAB|F`,
    ...Array.from({ length: results }, (_, place) => result(place + 1)),
  )
}
