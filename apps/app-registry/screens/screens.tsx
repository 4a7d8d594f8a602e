/** The screens of this room; small, since it is part of the first load. */
import { AppstoreOutlined } from '@ant-design/icons'
import type { ScreenDefinition } from '@xinglin/kit'
import { appRegistryScreens as addresses } from '../contract.ts'

export const screens: readonly ScreenDefinition[] = [
  {
    path: addresses.apps,
    title: { zh: '应用登记', en: 'Apps' },
    permission: 'app-registry.apps.read',
    rail: { icon: AppstoreOutlined, order: 82.5 },
    load: () => import('./apps.tsx').then(({ AppsScreen }) => ({ Screen: AppsScreen })),
  },
  {
    path: addresses.own,
    title: { zh: '我同意的应用', en: 'My apps' },
    load: () => import('./own.tsx').then(({ OwnScreen }) => ({ Screen: OwnScreen })),
  },
]
