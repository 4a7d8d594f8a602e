/** The chart: finding a patient and reading everything that the record holds about them. */
import { defineApp } from '@xinglin/app'
import { forPatients } from '@xinglin/web'
import { rebuildFinder } from './commands/rebuild-finder.ts'
import { chartPermissions } from './contract.ts'
import { finderEraser } from './finder/erase.ts'
import { fillFinder, followSealing } from './finder/fill-finder.ts'
import { ownRoutes } from './routes/own-routes.ts'
import { chartRoutes } from './routes/routes.ts'

export const chart = defineApp({
  id: 'chart',
  title: { zh: '病历', en: 'Chart' },
  needs: [],
  migrations: { name: 'chart', folder: new URL('./migrations/', import.meta.url) },
  permissions: [
    {
      id: chartPermissions.read,
      title: { zh: '查找患者、阅读病历', en: 'Find patients and read their records' },
    },
    { id: chartPermissions.maintain, title: { zh: '重建患者索引', en: 'Rebuild the patient finder' } },
  ],
  commands: { rebuildFinder },
  reactions: { 'fill-finder': fillFinder, 'follow-sealing': followSealing },
  start: async ({ records }) => {
    records.erasing.with(finderEraser)
    return undefined
  },
  async routes(http, kernel) {
    await forPatients(http, (own) => ownRoutes(own, kernel))
    await http.register(async (staff) => chartRoutes(staff, kernel))
  },
})
