/** The master patient index: one person, one record (docs/decisions/0073). */
import { defineApp } from '@xinglin/app'
import { assignPair, decidePair } from './commands/decide.ts'
import { mergePatientsCommand, undoMergeCommand } from './commands/merge.ts'
import { saveSettings } from './commands/settings.ts'
import { startScan } from './commands/start-scan.ts'
import { masterIndexPermissions as ids } from './contract.ts'
import { indexEraser } from './index/erase.ts'
import { declareSealedPersons } from './index/features.ts'
import { fillAgainTasks, followSealing } from './index/fill-again.ts'
import { keepIndex } from './index/keep-index.ts'
import { linkTasks } from './linking/link-task.ts'
import { mergeRoutes } from './routes/merges.ts'
import { pairRoutes } from './routes/pairs.ts'
import { settingsRoutes } from './routes/settings.ts'
import { scanTasks } from './scan/scan-task.ts'
import { mergeSource } from './telling/merge-source.ts'

export { patientMatcher } from './matching/patient-matcher.ts'

export const masterIndex = defineApp({
  id: 'master-index',
  title: { zh: '患者主索引', en: 'Master patient index' },
  needs: [],
  migrations: { name: 'master_index', folder: new URL('./migrations/', import.meta.url) },
  permissions: [
    { id: ids.read, title: { zh: '查看疑似重复患者', en: 'See possible duplicates' } },
    { id: ids.decide, title: { zh: '判定疑似重复患者', en: 'Judge possible duplicates' } },
    { id: ids.merge, title: { zh: '合并患者、撤销合并', en: 'Merge patients and undo merges' } },
    { id: ids.readSettings, title: { zh: '查看匹配规则', en: 'See the rules of matching' } },
    { id: ids.writeSettings, title: { zh: '修改匹配规则', en: 'Change the rules of matching' } },
    { id: ids.scan, title: { zh: '全库查重', en: 'Scan for duplicates' } },
  ],
  commands: { decidePair, assignPair, mergePatientsCommand, undoMergeCommand, saveSettings, startScan },
  reactions: { 'keep-index': keepIndex, 'follow-sealing': followSealing },
  jobs: (kernel) => ({ ...scanTasks(kernel), ...linkTasks(kernel), ...fillAgainTasks(kernel) }),
  start: async (kernel) => {
    kernel.records.erasing.with(indexEraser)
    declareSealedPersons(kernel)
    kernel.interfaces.offerSource(mergeSource(kernel))
    return undefined
  },
  routes(http, kernel) {
    pairRoutes(http, kernel)
    mergeRoutes(http, kernel)
    settingsRoutes(http, kernel)
  },
})
