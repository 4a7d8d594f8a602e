/** The screen of this room; small, since it is part of the first load. */
import { KeyOutlined } from '@ant-design/icons'
import type { ScreenDefinition } from '@xinglin/kit'
import { permissions } from '../contract.ts'

export const screens: readonly ScreenDefinition[] = [
  {
    path: '/keys',
    title: { zh: '密钥管理', en: 'Keys' },
    permission: permissions.read,
    rail: { icon: KeyOutlined, order: 92, permission: permissions.read },
    load: () => import('./keys.tsx').then(({ KeysScreen }) => ({ Screen: KeysScreen })),
  },
]
