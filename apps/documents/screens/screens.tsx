/** The screens of this room; small, since it is part of the first load. */
import { FileDoneOutlined, FileTextOutlined } from '@ant-design/icons'
import type { ScreenDefinition } from '@xinglin/kit'
import { documentPermissions as permissions } from '../contract.ts'

export const screens: readonly ScreenDefinition[] = [
  {
    path: '/documents',
    title: { zh: '共享文档', en: 'Shared documents' },
    permission: permissions.read,
    rail: { icon: FileTextOutlined, order: 20, permission: permissions.read },
    load: () => import('./documents.tsx').then(({ DocumentsScreen }) => ({ Screen: DocumentsScreen })),
  },
  {
    path: '/documents/validate',
    title: { zh: '文档校验', en: 'Validate documents' },
    permission: permissions.validate,
    rail: { icon: FileDoneOutlined, order: 68, permission: permissions.validate },
    load: () => import('./validator.tsx').then(({ ValidatorScreen }) => ({ Screen: ValidatorScreen })),
  },
]
