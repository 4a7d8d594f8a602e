/** Dictionaries (主数据): each has one owner, is published by versions, mapped to standard terminologies, and taken over by systems. */
import { defineApp } from '@xinglin/app'
import { acknowledgeVersion } from './commands/acknowledge-version.ts'
import { defineDictionary, handOver, subscribe, unsubscribe } from './commands/dictionaries.ts'
import { saveEntry, undoEntry } from './commands/entries.ts'
import { proposeMapping, reviewMapping } from './commands/mappings.ts'
import { publishVersion } from './commands/publish-version.ts'
import { dictionaryPermissions as permissions } from './contract.ts'
import { dictionaryRoutes } from './routes/dictionaries.ts'
import { mappingRoutes } from './routes/mappings.ts'

export const dictionaries = defineApp({
  id: 'dictionaries',
  title: { zh: '主数据', en: 'Dictionaries' },
  needs: [],
  migrations: { name: 'dictionaries', folder: new URL('migrations/', import.meta.url) },
  permissions: [
    { id: permissions.read, title: { zh: '查看字典', en: 'See dictionaries' } },
    { id: permissions.manage, title: { zh: '建立和移交字典', en: 'Make and hand over dictionaries' } },
    { id: permissions.write, title: { zh: '维护和发布自己的字典', en: 'Edit and publish own dictionaries' } },
    { id: permissions.map, title: { zh: '对照标准术语', en: 'Map to standard terminologies' } },
    { id: permissions.acknowledge, title: { zh: '确认接收字典版本', en: 'Acknowledge versions' } },
  ],
  commands: {
    defineDictionary,
    handOver,
    subscribe,
    unsubscribe,
    saveEntry,
    undoEntry,
    publishVersion,
    acknowledgeVersion,
    proposeMapping,
    reviewMapping,
  },
  routes(http, kernel) {
    dictionaryRoutes(http, kernel)
    mappingRoutes(http, kernel)
  },
})
