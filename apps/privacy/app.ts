/** Privacy: what patients agree to, who broke the glass, and what patients ask for by right. */
import { defineApp } from '@xinglin/app'
import { breakGlassPermissions } from '@xinglin/identity'
import { recordConsent } from './commands/record-consent.ts'
import { withdrawConsent } from './commands/withdraw-consent.ts'
import { privacyPermissions as ids } from './contract.ts'
import { consentRoutes } from './routes/consents.ts'
import { glassRoutes } from './routes/glass.ts'

export const privacy = defineApp({
  id: 'privacy',
  title: { zh: '隐私保护', en: 'Privacy' },
  needs: [],
  permissions: [
    ...breakGlassPermissions,
    { id: ids.readConsents, title: { zh: '查看患者授权', en: "See patients' consents" } },
    {
      id: ids.writeConsents,
      title: { zh: '登记和撤回患者授权', en: "Record and withdraw patients' consents" },
    },
  ],
  commands: { recordConsent, withdrawConsent },
  routes(http, kernel) {
    glassRoutes(http, kernel)
    consentRoutes(http, kernel)
  },
  start: async ({ identity }) => {
    await identity.consents.rebuildOld()
    return undefined
  },
})
