/** App registry: which apps of others may work here, who let them in, and what each person agreed to. */
import { defineApp } from '@xinglin/app'
import { appRegistryPermissions } from '@xinglin/identity'
import { appRoutes } from './routes/apps.ts'
import { ownRoutes } from './routes/own.ts'

export const appRegistry = defineApp({
  id: 'app-registry',
  title: { zh: '应用登记', en: 'App registry' },
  needs: [],
  permissions: appRegistryPermissions,
  routes(http, kernel) {
    appRoutes(http, kernel)
    ownRoutes(http, kernel)
  },
})
