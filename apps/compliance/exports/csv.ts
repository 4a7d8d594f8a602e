/** RFC 4180 CSV, of the board in Chinese and English, with the byte order mark by which spreadsheets know UTF-8. */
import { csvOf } from '@xinglin/web'
import type { ControlBoard, ControlRow } from '../contract.ts'
import { stateWords } from './state-words.ts'

const columns: readonly (readonly [string, (row: ControlRow) => string])[] = [
  ['序号 number', (row) => row.number],
  ['条款 clause', (row) => row.clause],
  ['控制点', (row) => row.family.zh],
  ['要求', (row) => row.title.zh],
  ['结论', (row) => stateWords[row.state]],
  ['证据', (row) => row.evidence.zh],
  ['措施', (row) => row.todo.zh],
  ['control', (row) => row.title.en],
  ['state', (row) => row.state],
  ['evidence', (row) => row.evidence.en],
  ['what to do', (row) => row.todo.en],
]

/** The whole file; the instant of the evidence is its last line. */
export function boardCsv({ controls, at, version }: ControlBoard): string {
  const lines = [
    columns.map(([title]) => title),
    ...controls.map((row) => columns.map(([, read]) => read(row))),
    [`取证时间 ${at}`, `清单版本 ${version}`],
  ]
  return csvOf(lines)
}
