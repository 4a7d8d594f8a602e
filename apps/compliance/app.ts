/** Compliance: does this installation hold to 等保 level 3, and by which evidence? It also signs final documents. */
import { defineApp } from '@xinglin/app'
import { boardPermission } from './contract.ts'
import { documentRoutes } from './documents/routes.ts'
import { askedOf, onDocument, signDocument, signTask } from './documents/sign-document.ts'
import { boardRoutes } from './routes/board.ts'

export const compliance = defineApp({
  id: 'compliance',
  title: { zh: '合规自查', en: 'Compliance' },
  needs: [],
  permissions: [{ id: boardPermission, title: { zh: '查看等保控制板', en: 'See the control board' } }],
  reactions: { onDocument },
  jobs: (kernel) => ({
    [signTask]: (payload) => signDocument(kernel, askedOf(payload)),
  }),
  routes(http, kernel) {
    boardRoutes(http, kernel)
    documentRoutes(http, kernel)
  },
})
