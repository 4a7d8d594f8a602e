/** Keys: which keys seal and sign what, how old they are, and their change as durable work. */
import { defineApp } from '@xinglin/app'
import { keyPermissions } from '@xinglin/identity'
import { keysTasks } from '@xinglin/keys'
import { keyRoutes } from './routes/keys.ts'

export const keys = defineApp({
  id: 'keys',
  title: { zh: '密钥管理', en: 'Keys' },
  needs: [],
  permissions: [...keyPermissions],
  jobs: ({ keys }) => keysTasks(keys),
  routes: keyRoutes,
})
