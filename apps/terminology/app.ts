/** Terminology: big code systems come in from files. What codes mean is answered by the FHIR door. */
import { defineApp } from '@xinglin/app'
import { importTask } from '@xinglin/terminology'
import { importRoutes } from './routes/imports.ts'

export const terminologyImports = defineApp({
  id: 'terminology',
  title: { zh: '术语', en: 'Terminology' },
  needs: ['fhir-api'],
  // An import writes a CodeSystem: it is decided by the right to do that.
  permissions: [],
  jobs: ({ terminology }) => ({
    [importTask]: (payload, signal) => terminology.imports.run(String(payload.id), signal),
  }),
  routes: importRoutes,
  async start({ terminology }) {
    await terminology.imports.resume()
    return undefined
  },
})
