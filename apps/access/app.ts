/** Access: the policies by which roles see whose record, and why somebody sees a resource or not. */
import { defineApp } from '@xinglin/app'
import { accessPermissions, sensitiveKinds } from '@xinglin/identity'
import { policyRoutes } from './routes/policies.ts'

export const access = defineApp({
  id: 'access',
  title: { zh: '访问策略', en: 'Access' },
  needs: [],
  permissions: [...accessPermissions, ...sensitiveKinds.map(({ permission: id, title }) => ({ id, title }))],
  routes: policyRoutes,
  start: async ({ identity }) => {
    await identity.rebuildRelations()
    return undefined
  },
})
