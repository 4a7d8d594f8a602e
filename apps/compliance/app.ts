/** Compliance: does this installation hold to 等保 level 3, and by which evidence? It also signs final documents. */
import { defineApp } from '@xinglin/app'
import { boardPermission } from './contract.ts'
import { documentRoutes } from './documents/routes.ts'
import { askedOf, onDocument, signDocument, signTask } from './documents/sign-document.ts'
import { fileSystem, recordAssessment, registerSystem, startRound } from './grading/commands.ts'
import { gradingPermissions } from './grading/contract.ts'
import { planFix, reportFix } from './grading/fixes.ts'
import { gradingRoutes } from './grading/routes.ts'
import { boardRoutes } from './routes/board.ts'

export const compliance = defineApp({
  id: 'compliance',
  title: { zh: '合规自查', en: 'Compliance' },
  needs: [],
  permissions: [
    { id: boardPermission, title: { zh: '查看等保控制板', en: 'See the control board' } },
    { id: gradingPermissions.read, title: { zh: '查看等保项目', en: 'See graded protection' } },
    { id: gradingPermissions.write, title: { zh: '办理等保项目', en: 'Run graded protection' } },
  ],
  migrations: { name: 'compliance', folder: new URL('./migrations/', import.meta.url) },
  commands: { registerSystem, fileSystem, startRound, planFix, reportFix, recordAssessment },
  reactions: { onDocument },
  jobs: (kernel) => ({
    [signTask]: (payload) => signDocument(kernel, askedOf(payload)),
  }),
  routes(http, kernel) {
    boardRoutes(http, kernel)
    documentRoutes(http, kernel)
    gradingRoutes(http, kernel)
  },
})
