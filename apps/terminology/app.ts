/** Terminology: big code systems come in from files, and what is held is gone through. What codes mean is answered by the FHIR door. */
import { defineApp } from '@xinglin/app'
import { importTask } from '@xinglin/terminology'
import { readPermission } from './contract.ts'
import { conceptRoutes } from './routes/concepts.ts'
import { holdingRoutes } from './routes/holdings.ts'
import { importRoutes } from './routes/imports.ts'

export const terminologyImports = defineApp({
  id: 'terminology',
  title: { zh: '术语', en: 'Terminology' },
  needs: ['fhir-api'],
  // An import writes a CodeSystem: it is decided by the right to do that.
  permissions: [{ id: readPermission, title: { zh: '浏览术语', en: 'Browse terminology' } }],
  jobs: ({ terminology }) => ({
    [importTask]: (payload, signal) => terminology.imports.run(String(payload.id), signal),
  }),
  routes(http, kernel) {
    importRoutes(http, kernel)
    holdingRoutes(http, kernel)
    conceptRoutes(http, kernel)
  },
  async start({ terminology }) {
    await terminology.imports.resume()
    return undefined
  },
})
