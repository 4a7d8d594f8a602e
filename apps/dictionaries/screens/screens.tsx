/** The screens of this room; small, since it is part of the first load. */
import { DatabaseOutlined } from '@ant-design/icons'
import type { ScreenDefinition } from '@xinglin/kit'
import { dictionariesScreens as addresses, dictionaryPermissions } from '../contract.ts'

const { read } = dictionaryPermissions

export const screens: readonly ScreenDefinition[] = [
  {
    path: addresses.home,
    title: { zh: '主数据', en: 'Dictionaries' },
    permission: read,
    rail: { icon: DatabaseOutlined, order: 67, permission: read },
    load: () =>
      import('./dictionaries.tsx').then(({ DictionariesScreen }) => ({ Screen: DictionariesScreen })),
  },
  {
    path: addresses.one,
    title: { zh: '字典', en: 'Dictionary' },
    permission: read,
    load: () => import('./dictionary.tsx').then(({ DictionaryScreen }) => ({ Screen: DictionaryScreen })),
  },
]
