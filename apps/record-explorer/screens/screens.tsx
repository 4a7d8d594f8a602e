/** The screens of the explorer; each module is loaded when its screen is opened. */
import {
  BellOutlined,
  CloudDownloadOutlined,
  DatabaseOutlined,
  FileDoneOutlined,
  FileSearchOutlined,
} from '@ant-design/icons'
import type { ScreenDefinition } from '@xinglin/kit'
import { explorerScreens as addresses, readPermission, validatePermission } from '../contract.ts'

export const screens: readonly ScreenDefinition[] = [
  {
    path: addresses.types,
    title: { zh: '数据浏览', en: 'Record explorer' },
    permission: readPermission,
    rail: { icon: DatabaseOutlined, order: 61 },
    load: () => import('./types.tsx').then(({ TypesScreen }) => ({ Screen: TypesScreen })),
  },
  {
    path: addresses.search,
    title: { zh: '资源查询', en: 'Resource search' },
    permission: readPermission,
    rail: { icon: FileSearchOutlined, order: 62 },
    load: () => import('./search/search.tsx').then(({ SearchScreen }) => ({ Screen: SearchScreen })),
  },
  {
    path: addresses.resource,
    title: { zh: '资源', en: 'Resource' },
    permission: readPermission,
    load: () => import('./resource/resource.tsx').then(({ ResourceScreen }) => ({ Screen: ResourceScreen })),
  },
  {
    path: addresses.validate,
    title: { zh: '资源校验', en: 'Validation' },
    permission: validatePermission,
    rail: { icon: FileDoneOutlined, order: 63 },
    load: () => import('./validate/validate.tsx').then(({ ValidateScreen }) => ({ Screen: ValidateScreen })),
  },
  {
    path: addresses.subscriptions,
    title: { zh: '订阅监控', en: 'Subscriptions' },
    permission: 'integration.subscription.read',
    rail: { icon: BellOutlined, order: 64 },
    load: () =>
      import('./monitor/subscriptions.tsx').then(({ SubscriptionsScreen }) => ({
        Screen: SubscriptionsScreen,
      })),
  },
  {
    path: addresses.jobs,
    title: { zh: '导出与导入', en: 'Exports and imports' },
    permission: 'integration.bulk.read',
    rail: { icon: CloudDownloadOutlined, order: 65 },
    load: () => import('./bulk/jobs.tsx').then(({ JobsScreen }) => ({ Screen: JobsScreen })),
  },
]
