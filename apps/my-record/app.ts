/** My record: the patients' own pages, and the desk for accounts that the pages could not bind. */
import { defineApp } from '@xinglin/app'
import { forPatients } from '@xinglin/web'
import { myRecordPermissions as ids } from './contract.ts'
import { chartsRoutes } from './routes/charts.ts'
import { deskRoutes } from './routes/desk.ts'
import { openingRoutes } from './routes/openings.ts'

export const myRecord = defineApp({
  id: 'my-record',
  title: { zh: '我的病历', en: 'My record' },
  needs: ['chart', 'privacy'],
  permissions: [
    { id: ids.readDesk, title: { zh: '查看待核实的患者账户', en: "See patients' accounts that wait" } },
    { id: ids.writeDesk, title: { zh: '核实患者账户', en: "Decide on patients' accounts" } },
  ],
  async routes(http, kernel) {
    await forPatients(http, (own) => {
      chartsRoutes(own, kernel)
      openingRoutes(own, kernel)
    })
    deskRoutes(http, kernel)
  },
})
