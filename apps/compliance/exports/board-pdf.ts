/** What the PDF of the board says: heading, tally, then each control with its evidence. */
import type { ControlBoard, ControlRow, ControlState } from '../contract.ts'
import { type PdfLine, pdfOf } from './pdf.ts'
import { stateWords } from './state-words.ts'

/** The file for assessors, in Chinese. */
export function boardPdf({ controls, at, version }: ControlBoard): Buffer {
  const tally = (Object.keys(stateWords) as ControlState[]).map(
    (state) => `${stateWords[state]} ${controls.filter((row) => row.state === state).length} 项`,
  )
  return pdfOf([
    { text: '网络安全等级保护第三级 安全计算环境 控制点自查', sizePt: 16 },
    { text: `依据 GB/T 22239-2019；清单版本 ${version}；取证时间 ${at}`, sizePt: 9 },
    { text: tally.join('，'), sizePt: 11 },
    ...controls.flatMap(linesOf),
  ])
}

function linesOf({ number, clause, family, title, state, evidence, todo }: ControlRow): readonly PdfLine[] {
  return [
    { text: `${number}  ${family.zh}：${title.zh}  【${stateWords[state]}】`, sizePt: 11, spaceBeforePt: 8 },
    { text: `条款 ${clause}；证据：${evidence.zh}`, sizePt: 9 },
    ...(todo.zh ? [{ text: `措施：${todo.zh}`, sizePt: 9 }] : []),
  ]
}
