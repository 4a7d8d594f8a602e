/** Approvals: changes of rights that wait for a second person, and the three administrators. */
import { defineApp } from '@xinglin/app'
import { approvalPermissions } from '@xinglin/identity'
import { proposalRoutes } from './routes/proposals.ts'

export const approvals = defineApp({
  id: 'approvals',
  title: { zh: '权限审批', en: 'Approvals' },
  needs: [],
  permissions: [...approvalPermissions],
  routes: proposalRoutes,
})
