/** The words of kept queries. */
import { catalogue } from '@xinglin/kit'

export const savedWords = catalogue('record-explorer-saved', {
  zh: {
    saved: '我的查询',
    save: '保存查询',
    name: '名称',
    nameHint: '例如：今天的检验申请',
    replaces: '已有同名查询，保存后替换它。',
    keep: '保存',
    none: '还没有保存的查询',
    noneHelp: '写好查询后点“保存查询”，以后一点就能再查。只有您自己看得到。',
    run: '运行 {{name}}',
    remove: '删除 {{name}}',
    removeHelp: '删除“{{name}}”，不影响数据。',
    removeIt: '删除',
    cancel: '取消',
  },
  en: {
    saved: 'My queries',
    save: 'Save the query',
    name: 'Name',
    nameHint: "Today's laboratory requests",
    replaces: 'There is one of this name; saving replaces it.',
    keep: 'Save',
    none: 'No query is kept yet',
    noneHelp: 'Write one, press Save the query, and run it again with one click. Only you see it.',
    run: 'Run {{name}}',
    remove: 'Delete {{name}}',
    removeHelp: '“{{name}}” is deleted; no data is.',
    removeIt: 'Delete',
    cancel: 'Cancel',
  },
})
