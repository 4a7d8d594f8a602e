/** The screens of terminology; each module is loaded when its screen is opened. */
import { BookOutlined } from '@ant-design/icons'
import type { ScreenDefinition } from '@xinglin/kit'
import { terminologyScreens as addresses, readPermission } from '../contract.ts'

export const screens: readonly ScreenDefinition[] = [
  {
    path: addresses.home,
    title: { zh: '术语', en: 'Terminology' },
    permission: readPermission,
    rail: { icon: BookOutlined, order: 66 },
    load: () => import('./home.tsx').then(({ HomeScreen }) => ({ Screen: HomeScreen })),
  },
  {
    path: addresses.system,
    title: { zh: '代码系统', en: 'Code system' },
    permission: readPermission,
    load: () => import('./system/system.tsx').then(({ SystemScreen }) => ({ Screen: SystemScreen })),
  },
  {
    path: addresses.set,
    title: { zh: '值集', en: 'Value set' },
    permission: readPermission,
    load: () => import('./value-set.tsx').then(({ ValueSetScreen }) => ({ Screen: ValueSetScreen })),
  },
]
