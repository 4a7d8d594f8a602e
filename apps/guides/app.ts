/** Guides: the implementation guides of an institution, and the profiles that it requires of writes. */
import { defineApp } from '@xinglin/app'
import { demandPermission, readPermission, writePermission } from './contract.ts'
import { demandRoutes } from './routes/demands.ts'
import { packageRoutes } from './routes/packages.ts'

export const guides = defineApp({
  id: 'guides',
  title: { zh: '实施指南', en: 'Implementation guides' },
  needs: [],
  permissions: [
    { id: readPermission, title: { zh: '查看实施指南', en: 'See implementation guides' } },
    { id: writePermission, title: { zh: '增删实施指南', en: 'Add and remove implementation guides' } },
    { id: demandPermission, title: { zh: '设定必须符合的规范', en: 'Require profiles of writes' } },
  ],
  routes(http, kernel) {
    packageRoutes(http, kernel)
    demandRoutes(http, kernel)
  },
})
