/** Integration: what every door of the platform received, what it became and why it was refused. */
import { defineApp } from '@xinglin/app'
import { readPermission, resendPermission } from './contract.ts'
import { doorRoutes } from './routes/doors.ts'
import { messageRoutes } from './routes/messages.ts'

export const integration = defineApp({
  id: 'integration',
  title: { zh: '集成平台', en: 'Integration' },
  needs: [],
  permissions: [
    { id: readPermission, title: { zh: '查看接口消息', en: 'See messages of the doors' } },
    { id: resendPermission, title: { zh: '重新处理被拒消息', en: 'Process refused messages again' } },
  ],
  routes(http, kernel) {
    doorRoutes(http, kernel)
    messageRoutes(http, kernel)
  },
})
