/** Privacy: what patients agree to, who broke the glass, and what patients ask for by right. */
import { defineApp } from '@xinglin/app'
import { breakGlassPermissions, maskingPermissions } from '@xinglin/identity'
import { forPatients } from '@xinglin/web'
import { recordConsent } from './commands/record-consent.ts'
import { answerRight, proveIdentity, requestRight } from './commands/rights.ts'
import { withdrawConsent } from './commands/withdraw-consent.ts'
import { privacyPermissions as ids } from './contract.ts'
import { erasureTasks } from './erasure/ask.ts'
import { declareSealedErasures } from './erasure/erasure.ts'
import { ownConsentRoutes } from './own/consents.ts'
import { ownRequestRoutes } from './own/requests.ts'
import { consentRoutes } from './routes/consents.ts'
import { erasureRoutes } from './routes/erasures.ts'
import { glassRoutes } from './routes/glass.ts'
import { maskingRoutes } from './routes/masking.ts'
import { requestRoutes } from './routes/requests.ts'
import { sealingRoutes } from './routes/sealing.ts'

export const privacy = defineApp({
  id: 'privacy',
  title: { zh: '隐私保护', en: 'Privacy' },
  needs: [],
  permissions: [
    ...breakGlassPermissions,
    ...maskingPermissions,
    { id: ids.readConsents, title: { zh: '查看患者授权', en: "See patients' consents" } },
    {
      id: ids.writeConsents,
      title: { zh: '登记和撤回患者授权', en: "Record and withdraw patients' consents" },
    },
    { id: ids.readSealing, title: { zh: '查看加密字段', en: 'See sealed fields' } },
    { id: ids.writeSealing, title: { zh: '选择加密字段', en: 'Choose sealed fields' } },
    { id: ids.readErasures, title: { zh: '查看病历删除', en: 'See erasures' } },
    { id: ids.confirmErasure, title: { zh: '复核病历删除', en: 'Confirm erasures as the second person' } },
    { id: ids.readRequests, title: { zh: '查看个人权利请求', en: "See requests by patients' rights" } },
    { id: ids.writeRequests, title: { zh: '办理个人权利请求', en: "Handle requests by patients' rights" } },
  ],
  migrations: { name: 'privacy', folder: new URL('./migrations/', import.meta.url) },
  jobs: erasureTasks,
  commands: { recordConsent, withdrawConsent, requestRight, proveIdentity, answerRight },
  async routes(http, kernel) {
    await forPatients(http, (own) => {
      ownConsentRoutes(own, kernel)
      ownRequestRoutes(own, kernel)
    })
    glassRoutes(http, kernel)
    consentRoutes(http, kernel)
    requestRoutes(http, kernel)
    maskingRoutes(http, kernel)
    sealingRoutes(http, kernel)
    erasureRoutes(http, kernel)
  },
  start: async ({ identity, keys }) => {
    declareSealedErasures({ keys })
    await identity.consents.rebuildOld()
    return undefined
  },
})
