/** Administration: people, roles, machine clients, sessions and the health of the system. */
import { defineApp } from '@xinglin/app'
import { administrationPermissions } from '@xinglin/identity'
import { clientRoutes } from './routes/clients.ts'
import { healthRoutes } from './routes/health.ts'
import { peopleRoutes } from './routes/people.ts'
import { roleRoutes } from './routes/roles.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { signInProviderRoutes } from './routes/sign-in-providers.ts'
import { staffRoutes } from './routes/staff.ts'
import { terminalRoutes } from './routes/terminals.ts'

/** Positions that begin or end, and people who leave, at their instant. */
const staffDue = 'administration.staff-due'

export const administration = defineApp({
  id: 'administration',
  title: { zh: '系统管理', en: 'Administration' },
  needs: [],
  permissions: [
    ...administrationPermissions,
    { id: 'administration.health.read', title: { zh: '查看系统运行状况', en: 'See system health' } },
  ],
  routes(http, kernel) {
    peopleRoutes(http, kernel)
    roleRoutes(http, kernel)
    clientRoutes(http, kernel)
    sessionRoutes(http, kernel)
    healthRoutes(http, kernel)
    signInProviderRoutes(http, kernel)
    staffRoutes(http, kernel)
    terminalRoutes(http, kernel)
  },
  jobs: ({ identity }) => ({ [staffDue]: () => identity.staff.applyDue() }),
  async start({ identity, jobs }) {
    identity.staff.timeBy((transaction, at) =>
      jobs.enqueue(transaction, { task: staffDue, payload: {}, runAt: at, key: `${staffDue} ${at}` }),
    )
    await identity.staff.applyDue()
    return undefined
  },
})
