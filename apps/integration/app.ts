/** Integration: what every door of the platform received, what it became and why it was refused. */
import { defineApp } from '@xinglin/app'
import { interfacePermissions, readPermission, resendPermission } from './contract.ts'
import { deliveryRoutes } from './routes/deliveries.ts'
import { doorRoutes } from './routes/doors.ts'
import { interfaceRoutes } from './routes/interfaces.ts'
import { messageRoutes } from './routes/messages.ts'

export const integration = defineApp({
  id: 'integration',
  title: { zh: '集成平台', en: 'Integration' },
  needs: [],
  permissions: [
    { id: readPermission, title: { zh: '查看接口消息', en: 'See messages of the doors' } },
    { id: resendPermission, title: { zh: '重新处理被拒消息', en: 'Process refused messages again' } },
    { id: interfacePermissions.read, title: { zh: '查看系统间接口', en: 'See interfaces between systems' } },
    {
      id: interfacePermissions.operate,
      title: { zh: '暂停接口，重发或放弃投递', en: 'Pause interfaces, send again or give up deliveries' },
    },
  ],
  routes(http, kernel) {
    doorRoutes(http, kernel)
    messageRoutes(http, kernel)
    interfaceRoutes(http, kernel)
    deliveryRoutes(http, kernel)
  },
})
