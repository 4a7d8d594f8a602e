/** Audit: what stands out in the trail, what a patient may know of it, and what proves it. */
import { defineApp } from '@xinglin/app'
import { auditPermissions as ids } from './contract.ts'
import { verify, verifyTask } from './jobs/verify.ts'
import { startWatching, watch, watchTask } from './jobs/watch.ts'
import { anomalyRoutes } from './routes/anomalies.ts'
import { entryRoutes } from './routes/entries.ts'
import { monthRoutes } from './routes/months.ts'
import { patientRoutes } from './routes/patients.ts'
import { reportRoutes } from './routes/reports.ts'
import { ruleRoutes } from './routes/rules.ts'
import { verificationRoutes } from './routes/verifications.ts'

export const audit = defineApp({
  id: 'audit',
  title: { zh: '审计', en: 'Audit' },
  needs: [],
  permissions: [
    { id: ids.readAnomalies, title: { zh: '查看异常访问', en: 'See anomalies of access' } },
    { id: ids.reviewAnomalies, title: { zh: '复核异常访问', en: 'Judge anomalies of access' } },
    { id: ids.writeRules, title: { zh: '设置异常规则', en: 'Set the rules of anomalies' } },
    {
      id: ids.readReports,
      title: { zh: '出具患者访问报告', en: 'Report to patients who opened their record' },
    },
    { id: ids.readProof, title: { zh: '校验审计日志', en: 'Verify the audit trail' } },
    { id: ids.dropMonths, title: { zh: '按规则清除审计月份', en: 'Drop months of the audit trail by rule' } },
  ],
  routes(http, kernel) {
    entryRoutes(http, kernel)
    patientRoutes(http, kernel)
    anomalyRoutes(http, kernel)
    reportRoutes(http, kernel)
    ruleRoutes(http, kernel)
    monthRoutes(http, kernel)
    verificationRoutes(http, kernel)
  },
  jobs: (kernel) => ({
    [watchTask]: () => watch(kernel),
    [verifyTask]: (payload, signal) => verify(kernel, payload, signal),
  }),
  start: async (kernel) => startWatching(kernel),
})
