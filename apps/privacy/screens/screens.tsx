/** The screens of privacy; each module is loaded when its screen is opened. */
import {
  AuditOutlined,
  DeleteOutlined,
  EyeInvisibleOutlined,
  FileProtectOutlined,
  LockOutlined,
  SolutionOutlined,
} from '@ant-design/icons'
import type { ScreenDefinition } from '@xinglin/kit'
import { privacyScreens as addresses, privacyPermissions as permissions } from '../contract.ts'

export const screens: readonly ScreenDefinition[] = [
  {
    path: addresses.consents,
    title: { zh: '患者授权', en: 'Consents' },
    permission: permissions.readConsents,
    rail: { icon: FileProtectOutlined, order: 70, permission: permissions.readConsents },
    load: () => import('./find.tsx').then(({ FindScreen }) => ({ Screen: FindScreen })),
  },
  {
    path: addresses.patient,
    title: { zh: '患者授权', en: 'Consents' },
    permission: permissions.readConsents,
    load: () => import('./consents.tsx').then(({ ConsentsScreen }) => ({ Screen: ConsentsScreen })),
  },
  {
    path: addresses.glass,
    title: { zh: '紧急调阅复核', en: 'Broken glass' },
    permission: permissions.reviewGlass,
    rail: { icon: AuditOutlined, order: 71, permission: permissions.reviewGlass },
    load: () => import('./glass.tsx').then(({ GlassScreen }) => ({ Screen: GlassScreen })),
  },
  {
    path: addresses.requests,
    title: { zh: '个人权利请求', en: 'Requests by right' },
    permission: permissions.readRequests,
    rail: { icon: SolutionOutlined, order: 72, permission: permissions.readRequests },
    load: () => import('./requests.tsx').then(({ RequestsScreen }) => ({ Screen: RequestsScreen })),
  },
  {
    path: addresses.erasures,
    title: { zh: '病历删除', en: 'Erasures' },
    permission: permissions.readErasures,
    rail: { icon: DeleteOutlined, order: 72.5, permission: permissions.readErasures },
    load: () => import('./erasures.tsx').then(({ ErasuresScreen }) => ({ Screen: ErasuresScreen })),
  },
  {
    path: addresses.masking,
    title: { zh: '脱敏与水印', en: 'Masking' },
    permission: permissions.readMasking,
    rail: { icon: EyeInvisibleOutlined, order: 73, permission: permissions.readMasking },
    load: () => import('./masking.tsx').then(({ MaskingScreen }) => ({ Screen: MaskingScreen })),
  },
  {
    path: addresses.sealing,
    title: { zh: '加密字段', en: 'Sealed fields' },
    permission: permissions.readSealing,
    rail: { icon: LockOutlined, order: 74, permission: permissions.readSealing },
    load: () => import('./sealing.tsx').then(({ SealingScreen }) => ({ Screen: SealingScreen })),
  },
]
