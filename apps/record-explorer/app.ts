/** The record explorer: what the record holds, searched, read, compared, validated and looked up through the platform's own doors. */
import { defineApp } from '@xinglin/app'
import { removeQuery } from './commands/remove-query.ts'
import { saveQuery } from './commands/save-query.ts'
import { readPermission, validatePermission } from './contract.ts'
import { queryEraser } from './erasing/saved-queries.ts'
import { queryRoutes } from './routes/queries.ts'
import { typeRoutes } from './routes/types.ts'
import { versionRoutes } from './routes/versions.ts'

export const recordExplorer = defineApp({
  id: 'record-explorer',
  title: { zh: '数据浏览器', en: 'Record explorer' },
  needs: [],
  migrations: { name: 'record-explorer', folder: new URL('./migrations/', import.meta.url) },
  permissions: [
    { id: readPermission, title: { zh: '浏览和查询资源', en: 'Browse and search resources' } },
    { id: validatePermission, title: { zh: '校验资源', en: 'Validate resources' } },
  ],
  commands: { saveQuery, removeQuery },
  start: async ({ records }) => {
    records.erasing.with(queryEraser)
    return undefined
  },
  routes(http, kernel) {
    queryRoutes(http, kernel)
    typeRoutes(http, kernel)
    versionRoutes(http, kernel)
  },
})
