/** The words of this room in both languages. */
import { catalogue } from '@xinglin/kit'

export const words = catalogue('compliance', {
  zh: {
    help: '每一项由此刻的设置、日志和数据库状态得出；“尚无证据”表示平台自身不能证明。',
    pass: '符合',
    fail: '不符合',
    'not-yet': '尚无证据',
    number: '序号',
    control: '要求',
    state: '结论',
    evidence: '证据',
    todo: '措施',
    csv: '导出 CSV',
    pdf: '导出 PDF',
    at: '取证时间',
  },
  en: {
    help: 'Each row is what settings, logs and database say at this moment; “no evidence” is what the platform cannot show by itself.',
    pass: 'Pass',
    fail: 'Fail',
    'not-yet': 'No evidence',
    number: 'No.',
    control: 'Control',
    state: 'State',
    evidence: 'Evidence',
    todo: 'What to do',
    csv: 'Export CSV',
    pdf: 'Export PDF',
    at: 'Evidence of',
  },
})
