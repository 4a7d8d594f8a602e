/** Shared clinical documents: made from the record, found, read, judged (WS/T 500, CDA R2; docs/decisions/0111). */
import { defineApp } from '@xinglin/app'
import { documentPermissions as ids } from './contract.ts'
import { onDocument, readTasks } from './receive/from-fhir.ts'
import { documentRoutes } from './routes/documents.ts'
import { sourceRoutes } from './routes/sources.ts'
import { validationRoutes } from './routes/validation.ts'
import { saveSettings } from './settings/settings.ts'

export const documents = defineApp({
  id: 'documents',
  title: { zh: '共享文档', en: 'Shared documents' },
  needs: [],
  migrations: { name: 'documents', folder: new URL('./migrations/', import.meta.url) },
  permissions: [
    { id: ids.read, title: { zh: '查看共享文档', en: 'See shared documents' } },
    { id: ids.generate, title: { zh: '生成共享文档', en: 'Generate shared documents' } },
    { id: ids.validate, title: { zh: '校验共享文档', en: 'Validate shared documents' } },
    { id: ids.receive, title: { zh: '接收共享文档', en: 'Receive shared documents' } },
    { id: ids.readSettings, title: { zh: '查看共享文档设置', en: 'See the settings of documents' } },
    { id: ids.writeSettings, title: { zh: '修改共享文档设置', en: 'Change the settings of documents' } },
  ],
  commands: { saveSettings },
  reactions: { onDocument },
  jobs: readTasks,
  routes(http, kernel) {
    documentRoutes(http, kernel)
    sourceRoutes(http, kernel)
    validationRoutes(http, kernel)
  },
})
