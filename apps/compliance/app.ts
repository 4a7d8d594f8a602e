/** Compliance: does this installation hold to 等保 level 3, and by which evidence? */
import { defineApp } from '@xinglin/app'
import { boardPermission } from './contract.ts'
import { boardRoutes } from './routes/board.ts'

export const compliance = defineApp({
  id: 'compliance',
  title: { zh: '合规自查', en: 'Compliance' },
  needs: [],
  permissions: [{ id: boardPermission, title: { zh: '查看等保控制板', en: 'See the control board' } }],
  routes: boardRoutes,
})
