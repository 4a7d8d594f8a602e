/** The screens of the master index; each module is loaded when its screen is opened. */
import { ClusterOutlined } from '@ant-design/icons'
import type { ScreenDefinition } from '@xinglin/kit'
import { masterIndexScreens as addresses, masterIndexPermissions as permissions } from '../contract.ts'

export const screens: readonly ScreenDefinition[] = [
  {
    path: addresses.pairs,
    title: { zh: '患者主索引', en: 'Master index' },
    permission: permissions.read,
    rail: { icon: ClusterOutlined, order: 66, permission: permissions.read },
    load: () => import('./pairs.tsx').then(({ PairsScreen }) => ({ Screen: PairsScreen })),
  },
  {
    path: addresses.pair,
    title: { zh: '比对', en: 'Side by side' },
    permission: permissions.read,
    load: () => import('./pair.tsx').then(({ PairScreen }) => ({ Screen: PairScreen })),
  },
  {
    path: addresses.merges,
    title: { zh: '合并记录', en: 'Merges' },
    permission: permissions.read,
    load: () => import('./merges.tsx').then(({ MergesScreen }) => ({ Screen: MergesScreen })),
  },
  {
    path: addresses.settings,
    title: { zh: '匹配规则', en: 'Rules of matching' },
    permission: permissions.readSettings,
    load: () => import('./settings.tsx').then(({ SettingsScreen }) => ({ Screen: SettingsScreen })),
  },
]
