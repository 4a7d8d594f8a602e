/** The record explorer: what the record holds, searched, read, compared, validated and looked up through the platform's own doors. */
import { defineApp } from '@xinglin/app'
import { readPermission, validatePermission } from './contract.ts'
import { typeRoutes } from './routes/types.ts'
import { versionRoutes } from './routes/versions.ts'

export const recordExplorer = defineApp({
  id: 'record-explorer',
  title: { zh: '数据浏览器', en: 'Record explorer' },
  needs: [],
  permissions: [
    { id: readPermission, title: { zh: '浏览和查询资源', en: 'Browse and search resources' } },
    { id: validatePermission, title: { zh: '校验资源', en: 'Validate resources' } },
  ],
  routes(http, kernel) {
    typeRoutes(http, kernel)
    versionRoutes(http, kernel)
  },
})
