/** The report of a round for assessors: PDF in Chinese, CSV in both languages. */
import { csvOf } from '@xinglin/web'
import { type PdfLine, pdfOf } from '../exports/pdf.ts'
import { stateWords } from '../exports/state-words.ts'
import type { Conclusion, Gap, GapState, Round } from './contract.ts'

const conclusions: Readonly<Record<Conclusion, string>> = {
  conforms: '符合',
  mostly: '基本符合',
  fails: '不符合',
}
const gapWords: Readonly<Record<GapState, string>> = {
  open: '待安排',
  planned: '整改中',
  fixed: '已整改，待复测',
  proven: '复测符合',
  failing: '复测仍不符合',
  stated: '已整改，平台不能自证',
}

export function reportPdf({ system, started, tests, gaps, ...round }: Round): Buffer {
  const conclusion = round.conclusion ? conclusions[round.conclusion] : '尚未测评'
  return pdfOf([
    { text: '网络安全等级保护自查与整改报告', sizePt: 16 },
    {
      text: `${system.name}；第 ${system.level} 级；备案号 ${system.filingNumber ?? '未备案'}`,
      sizePt: 11,
    },
    { text: `本轮开始 ${started}；测评结论 ${conclusion}`, sizePt: 9 },
    ...(round.conclusion
      ? [{ text: `测评机构 ${round.assessor}；报告编号 ${round.reportNumber}；${round.assessed}`, sizePt: 9 }]
      : []),
    { text: '自测', sizePt: 13, spaceBeforePt: 10 },
    ...tests.map(({ number, at, version, counts }) => ({
      text: `第 ${number} 次 ${at}：符合 ${counts.pass}，不符合 ${counts.fail}，尚无证据 ${counts['not-yet']}（清单 ${version}）`,
      sizePt: 9,
    })),
    { text: `差距 ${gaps.length} 项`, sizePt: 13, spaceBeforePt: 10 },
    ...gaps.flatMap(gapLines),
  ])
}

function gapLines({ control, clause, title, state, found, latest, task }: Gap): readonly PdfLine[] {
  return [
    { text: `${control}  ${clause}  ${title.zh}  【${gapWords[state]}】`, sizePt: 11, spaceBeforePt: 8 },
    { text: `第 ${found.number} 次自测：${found.evidence.zh}`, sizePt: 9 },
    ...(task ? [{ text: `整改：${task.plan}；责任人 ${task.owner}；期限 ${task.due}`, sizePt: 9 }] : []),
    ...(task?.done ? [{ text: `结果：${task.done}`, sizePt: 9 }] : []),
    {
      text: `第 ${latest.number} 次自测：${stateWords[latest.state]}；${latest.evidence.zh}`,
      sizePt: 9,
    },
  ]
}

const titles = [
  '序号 number',
  '条款 clause',
  '要求',
  'control',
  '状态',
  'state',
  '发现',
  'found',
  '责任人 owner',
  '期限 due',
  '整改 plan',
  '结果 done',
  '最近自测',
  'latest self test',
]

export function reportCsv({ gaps }: Round): string {
  return csvOf([
    titles,
    ...gaps.map(({ control, clause, title, state, found, latest, task }) => [
      ...[control, clause, title.zh, title.en, gapWords[state], state],
      ...[found.evidence.zh, found.evidence.en],
      ...[task?.owner ?? '', task?.due ?? '', task?.plan ?? '', task?.done ?? ''],
      ...[latest.evidence.zh, latest.evidence.en],
    ]),
  ])
}
