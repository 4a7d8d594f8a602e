/** HL7 v2 messages keep their bytes, and every place in them can be read. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  fhirDateTime,
  fhirTime,
  Hl7Error,
  hl7DateTime,
  locationText,
  type Message,
  messageLimits,
  type Path,
  parseMessage,
  printMessage,
  valueAt,
  writeMessage,
  writeSegment,
  zoneOffset,
} from './hl7v2.ts'

const header = 'MSH|^~\\&|LIS|QLYX|XINGLIN|QLYX|20260302080000||ORU^R01^ORU_R01|C1|P|2.5.1'

function aMessage(...segments: readonly string[]): Message {
  return parseMessage([header, ...segments].map((segment) => `${segment}\r`).join(''))
}

/** Condition and place of what is refused. */
function refusal(act: () => unknown): readonly [string, string | undefined] {
  try {
    act()
  } catch (cause) {
    if (cause instanceof Hl7Error) return [cause.condition, cause.location && locationText(cause.location)]
    throw cause
  }
  return ['accepted', undefined]
}

test('a path reads segment, repetition, component and sub-component, all counted from one', () => {
  const message = aMessage(
    'PID|1||100^^^A&1.2&ISO^MR~200^^^B|99|张^三',
    'OBX|1|NM|A||1',
    'OBX|2|NM|B||2',
    'ZPI|own^thing',
  )
  const cases: readonly [Path, string | null | undefined][] = [
    ['MSH-1', '|'],
    ['MSH-2', '^~\\&'],
    ['MSH-9.2', 'R01'],
    ['MSH-12', '2.5.1'],
    ['PID-3', '100'],
    ['PID-3[1].4.1', 'A'],
    ['PID-3.4.2', '1.2'],
    ['PID-3[2].4', 'B'],
    ['PID-3[3].1', undefined],
    ['PID-5.2', '三'],
    ['PID-99', undefined],
    ['OBX[2]-3', 'B'],
    ['OBX[3]-3', undefined],
    ['ZPI-1.2', 'thing'],
  ]
  assert.deepEqual(
    cases.map(([path]) => [path, valueAt(message, path)]),
    cases,
  )
})

test('two quotation marks ask to delete, an empty field says nothing', () => {
  const message = aMessage('PID|1||100||""||')

  assert.deepEqual([valueAt(message, 'PID-5'), valueAt(message, 'PID-7')], [null, undefined])
})

test('a message with delimiters of its own is read by them', () => {
  const text = 'MSH#*!?%#LIS#\rPID#1##100***A%1.2%ISO!200##Zhang*San ?F? ?S? ?T? ?R? ?E?\r'
  const message = parseMessage(text)

  assert.deepEqual(
    [valueAt(message, 'PID-3.4.2'), valueAt(message, 'PID-3[2]'), valueAt(message, 'PID-5.2')],
    ['1.2', '200', 'San # * % ! ?'],
  )
  assert.equal(printMessage(message), text)
})

test('escape sequences become what they mean, and what is none stays as it is', () => {
  const given = [
    ['a\\F\\b', 'a|b'],
    ['a\\.br\\b', 'a\nb'],
    ['a\\.sp2\\b', 'a\n\nb'],
    ['a\\.sk3\\b', 'a   b'],
    ['\\H\\bold\\N\\', 'bold'],
    ['\\XE4B8AD\\', '中'],
    ['\\X0D0A\\', '\r\n'],
    ['\\Xzz\\', '\\Xzz\\'],
    ['\\XFF\\', '\\XFF\\'],
    ['C:\\dir\\F\\x', 'C:\\dir|x'],
    ['ends\\', 'ends\\'],
    ['\\E\\F\\', '\\F\\'],
  ]
  assert.deepEqual(
    given.map(([text]) => [text, valueAt(aMessage(`NTE|1||${text}`), 'NTE-3')]),
    given,
  )
})

test('what is written is read again, delimiters and line breaks included', () => {
  const value = 'a|b^c&d~e\\f\ng 张'
  const text = writeMessage([
    writeSegment('MSH', { 2: '', 9: { components: ['ORU', 'R01'] } }),
    writeSegment('NTE', { 1: '1', 3: value, 4: { components: [['x', value]] } }),
  ])
  const message = parseMessage(text)

  assert.equal(text.split('\r').length, 3)
  assert.deepEqual([valueAt(message, 'NTE-3'), valueAt(message, 'NTE-4.1.2')], [value, value])
})

test('line feeds and mixed ends are read and printed as they came', () => {
  for (const end of ['\r', '\n', '\r\n', '\r\r', '\n\n']) {
    for (const last of [end, '']) {
      const text = `${header}${end}PID|1||100${last}`
      assert.equal(valueAt(parseMessage(text), 'PID-3'), '100', JSON.stringify(text))
      assert.equal(printMessage(parseMessage(text)), text)
    }
  }
  const inside = `${header}\rNTE|1||two\nlines\r`
  assert.equal(valueAt(parseMessage(inside), 'NTE-3'), 'two\nlines')
  assert.equal(printMessage(parseMessage(`\uFEFF\r\n${inside}`)), `\uFEFF\r\n${inside}`)
})

test('a line break that nobody escaped in free text goes on with its segment', () => {
  const text = `${header}\rOBX|1|TX|A||first\rsecond|||\rNTE|1||one\r\rtwo\r`
  const message = parseMessage(text)

  assert.deepEqual([valueAt(message, 'OBX-5'), valueAt(message, 'NTE-3')], ['first\rsecond', 'one\r\rtwo'])
  assert.equal(printMessage(message), text)
})

test('what is no message is refused at its place', () => {
  const cases: readonly [string, readonly [string, string | undefined]][] = [
    ['', ['segmentSequence', 'MSH-1']],
    ['PID|1', ['segmentSequence', 'MSH-1']],
    ['MSH', ['segmentSequence', 'MSH-1']],
    ['MSHA^~\\&', ['segmentSequence', 'MSH-1']],
    ['MSH|', ['dataType', 'MSH-2']],
    ['MSH|^^\\&|', ['dataType', 'MSH-2']],
    ['MSH|^~\\&#?|', ['dataType', 'MSH-2']],
    [`${header}\rlower|1`, ['segmentSequence', undefined]],
    [`${header}\rPIDX|1`, ['segmentSequence', undefined]],
    [`${header}\rPID|1||\u0000`, ['dataType', 'PID-3']],
    [`${header}\rOBX|1\rOBX|2|\u001c`, ['dataType', 'OBX[2]-2']],
  ]
  assert.deepEqual(
    cases.map(([text]) => [text, refusal(() => parseMessage(text))]),
    cases,
  )
})

test('each limit is refused one past it and kept at it', () => {
  const { segments, fields, repetitions } = messageLimits
  const lines = (count: number) => `${header}\r${'NTE|1\r'.repeat(count - 1)}`
  const wide = (count: number) => `${header}\rZZZ${'|x'.repeat(count)}\r`
  const long = (count: number) =>
    parseMessage(`${header}\rZZZ|${'x~'.repeat(count - 1)}x\r`).segments[1]?.field(1)

  assert.deepEqual(
    refusal(() => parseMessage(lines(segments))),
    ['accepted', undefined],
  )
  assert.deepEqual(
    refusal(() => parseMessage(lines(segments + 1))),
    ['segmentSequence', undefined],
  )
  assert.deepEqual(
    refusal(() => parseMessage(wide(fields))),
    ['accepted', undefined],
  )
  assert.deepEqual(
    refusal(() => parseMessage(wide(fields + 1))),
    ['dataType', 'ZZZ'],
  )
  assert.equal(long(repetitions)?.length, repetitions)
  assert.deepEqual(
    refusal(() => long(repetitions + 1)),
    ['dataType', 'ZZZ-1'],
  )
})

test('dates keep their precision, and a time of day gets the zone of the hospital', () => {
  const shanghai = zoneOffset('Asia/Shanghai')
  const cases: readonly [string, string | undefined][] = [
    ['2026', '2026'],
    ['202603', '2026-03'],
    ['20260302', '2026-03-02'],
    ['2026030208', '2026-03-02T08:00:00+08:00'],
    ['202603020815', '2026-03-02T08:15:00+08:00'],
    ['20260302081530', '2026-03-02T08:15:30+08:00'],
    ['20260302081530.1234', '2026-03-02T08:15:30.1234+08:00'],
    ['20260302081530-0215', '2026-03-02T08:15:30-02:15'],
    ['20260302081530.5+0000', '2026-03-02T08:15:30.5+00:00'],
    ['20240229', '2024-02-29'],
    ['20260229', undefined],
    ['20261301', undefined],
    ['2026030224', undefined],
    ['20260302081530+1500', undefined],
    ['2026-03-02', undefined],
    ['00000000', undefined],
    ['', undefined],
  ]
  assert.deepEqual(
    cases.map(([text]) => [text, fhirDateTime(text, shanghai)]),
    cases,
  )
  // China kept summer time from 1986 to 1991; a birth then has the offset of then.
  assert.equal(fhirDateTime('198807011200', shanghai), '1988-07-01T12:00:00+09:00')
  assert.equal(fhirDateTime('202603290300', zoneOffset('Europe/Berlin')), '2026-03-29T03:00:00+02:00')
  assert.deepEqual(['0830', '08', '083015.25', '2400', 'x'].map(fhirTime), [
    '08:30:00',
    '08:00:00',
    '08:30:15.25',
    undefined,
    undefined,
  ])
  assert.equal(hl7DateTime('2026-03-02T08:15:30.250+08:00'), '20260302081530+0800')
})
