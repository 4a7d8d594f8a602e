/** 137 frames that no HL7 listener may take. `silence` means: what comes is no frame, so the connection is closed without a word. */
import { cuts, randomBytes, times } from './chance.ts'

export type BadFrame = {
  readonly name: string
  readonly bytes: Buffer
  /** `refused`: AE or AR with ERR; `closed`: the listener hangs up. */
  readonly expect: 'refused' | 'closed' | 'refused or closed'
}

const head = (type: string, control: string, charset = 'UNICODE UTF-8') =>
  `MSH|^~\\&|BAD|BAD|XINGLIN|BAD|20261101080000+0800||${type}|${control}|P|2.5.1||||||${charset}`
const pid = 'PID|1||B1^^^BAD&2.999.86.7.1&ISO^MR||坏^消息||19800101|M'
const framed = (content: Buffer) => Buffer.concat([Buffer.of(0x0b), content, Buffer.of(0x1c, 0x0d)])
const text = (...segments: readonly string[]) =>
  framed(Buffer.from(segments.map((segment) => `${segment}\r`).join(''), 'utf8'))

function refusedTexts(): readonly (readonly [name: string, ...segments: readonly string[]])[] {
  return [
    ['an unknown trigger', head('ADT^A99', 'u1'), pid],
    ['an unknown message', head('ZZZ^Z01', 'u2'), pid],
    ['no message type', head('', 'u3'), pid],
    ['no control id', head('ADT^A04', ''), pid],
    ['an unknown version', head('ADT^A04', 'u4').replace('2.5.1', '9.9'), pid],
    ['an unknown character set', head('ADT^A04', 'u5', 'KLINGON'), pid],
    ['no PID', head('ADT^A04', 'u6'), 'EVN|A04|20261101080000'],
    ['a PID without identifier', head('ADT^A04', 'u7'), 'PID|1||||坏^消息||19800101|M', 'PV1|1|O'],
    [
      'a birth date that is none',
      head('ADT^A04', 'u8'),
      'PID|1||B2^^^BAD^MR||坏^消息||19801341|M',
      'PV1|1|O',
    ],
    ['a result without code', head('ORU^R01', 'u9'), pid, 'OBR|1|1|1|X^X^L', 'OBX|1|NM|||5||||||F'],
    [
      'a number that is none',
      head('ORU^R01', 'u10'),
      pid,
      'OBR|1|1|1|X^X^L',
      'OBX|1|NM|2823-3^K^LN||five||||||F',
    ],
    [
      'a value type that is none',
      head('ORU^R01', 'u11'),
      pid,
      'OBR|1|1|1|X^X^L',
      'OBX|1|QQ|2823-3^K^LN||5||||||F',
    ],
    [
      'a result status that is none',
      head('ORU^R01', 'u12'),
      pid,
      'OBR|1|1|1|X^X^L',
      'OBX|1|NM|2823-3^K^LN||5||||||?',
    ],
    ['a report without OBR', head('ORU^R01', 'u13'), pid],
    ['a merge without MRG', head('ADT^A40', 'u14'), pid],
    ['an order without ORC', head('ORM^O01', 'u15'), pid],
    ['a name as a number', head('ADT^A04', 'u16'), 'PID|1||^^^BAD^MR||坏^消息||19800101|M'],
    ['a PID before MSH', pid, head('ADT^A04', 'u17')],
    ['two MSH', head('ADT^A04', 'u18'), head('ADT^A04', 'u19'), pid],
    ['a lower case segment', head('ADT^A04', 'u20'), 'pid|1||B1'],
    ['a query of somebody whom nobody let in', head('QBP^Q22', 'u21'), 'QPD|Q22|T|@PID.5.1^*'],
    ['a query without parameters', head('QBP^Q23', 'u22'), 'QPD'],
    ['a price that is none', head('DFT^P03', 'u23'), pid, 'FT1|1|1||20261101||CG|X^X^L||||1e400'],
    ['charges of nobody', head('DFT^P03', 'u24'), 'FT1|1|1||20261101||CG|X^X^L'],
    ['an account without number', head('BAR^P01', 'u25'), pid],
    ['a master file without entries', head('MFN^M02', 'u26'), 'MFI|STF||UPD'],
    ['a place that is nowhere', head('MFN^M05', 'u27'), 'MFI|LOC||UPD', 'MFE|MAD', 'LOC|^^^BAD'],
  ]
}

export function badFrames(): readonly BadFrame[] {
  const whole = Buffer.from(
    [head('ADT^A04^ADT_A01', 'cut'), 'EVN|A04|20261101080000', pid, 'PV1|1|O'].join('\r'),
    'utf8',
  )
  const headLength = head('ADT^A04^ADT_A01', 'cut').length
  const gb = Buffer.concat([
    Buffer.from(`${head('ADT^A04', 'gb')}\rPID|1||B1^^^BAD^MR||`),
    Buffer.of(0xbb, 0xb5),
    Buffer.from('^X||19800101|M\r'),
  ])
  return [
    ...refusedTexts().map(
      ([name, ...segments]): BadFrame => ({ name, bytes: text(...segments), expect: 'refused' }),
    ),
    ...cuts(headLength, 30).map(
      (at): BadFrame => ({
        name: `a header cut after ${at} bytes`,
        bytes: framed(whole.subarray(0, at)),
        expect: 'refused',
      }),
    ),
    ...times(
      30,
      (index): BadFrame => ({
        name: `random bytes ${index} in a frame`,
        bytes: framed(withoutFraming(randomBytes(`hl7 ${index}`, 20 + index * 61))),
        expect: 'refused',
      }),
    ),
    ...times(
      20,
      (index): BadFrame => ({
        name: `random bytes ${index} outside a frame`,
        bytes: withoutFraming(randomBytes(`garbage ${index}`, 300_000 + index)),
        expect: 'refused or closed',
      }),
    ),
    ...times(
      10,
      (index): BadFrame => ({
        name: `a frame without end, ${index + 33} MB`,
        bytes: Buffer.concat([Buffer.of(0x0b), Buffer.alloc((index + 33) * 2 ** 20, 0x41)]),
        expect: 'refused or closed',
      }),
    ),
    ...times(
      10,
      (index): BadFrame => ({
        name: `${10_000 * (index + 1)} segments`,
        bytes: text(
          head('ADT^A04', `many${index}`),
          ...Array.from({ length: 10_000 * (index + 1) }, () => 'ZZZ|1'),
        ),
        expect: 'refused or closed',
      }),
    ),
    { name: 'GBK where UTF-8 is said', bytes: framed(gb), expect: 'refused' },
    { name: 'an empty frame', bytes: framed(Buffer.alloc(0)), expect: 'refused' },
    { name: 'a frame of spaces', bytes: framed(Buffer.alloc(1000, 0x20)), expect: 'refused' },
    { name: 'a frame of zeros', bytes: framed(Buffer.alloc(1000)), expect: 'refused' },
    {
      name: 'HTTP',
      bytes: Buffer.concat([Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), Buffer.alloc(300_000, 0x41)]),
      expect: 'refused or closed',
    },
    {
      name: 'TLS',
      bytes: Buffer.concat([
        Buffer.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01),
        withoutFraming(randomBytes('tls', 300_000)),
      ]),
      expect: 'refused or closed',
    },
    { name: 'JSON', bytes: framed(Buffer.from('{"resourceType":"Patient"}')), expect: 'refused' },
    { name: 'XML', bytes: framed(Buffer.from('<ADT_A01/>')), expect: 'refused' },
    {
      name: 'delimiters that are one another',
      bytes: text('MSH|||||BAD|BAD|X|B|20261101||ADT^A04|d|P|2.5.1', pid),
      // Its fields are shifted, so that MSH-15 and MSH-16 seem to ask for no answer.
      expect: 'refused or closed',
    },
    {
      name: 'a field of 5 MB',
      bytes: text(head('ADT^A04', 'long'), `PID|1||${'9'.repeat(5 * 2 ** 20)}^^^BAD^MR||X^Y`),
      expect: 'refused or closed',
    },
  ]
}

/** The same bytes without the three that frame, so that a frame stays one frame. */
function withoutFraming(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte) => ([0x0b, 0x1c, 0x0d].includes(byte) ? 0x41 : byte)))
}
