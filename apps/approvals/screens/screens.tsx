/** The screen of approvals; its module is loaded when it is opened. */
import { SafetyCertificateOutlined } from '@ant-design/icons'
import type { ScreenDefinition } from '@xinglin/kit'
import { approvalsPath, approvalsPermissions } from '../contract.ts'

export const screens: readonly ScreenDefinition[] = [
  {
    path: approvalsPath,
    title: { zh: '权限审批', en: 'Approvals' },
    permission: approvalsPermissions.read,
    rail: { icon: SafetyCertificateOutlined, order: 91, permission: approvalsPermissions.read },
    load: () => import('./approvals.tsx').then(({ ApprovalsScreen }) => ({ Screen: ApprovalsScreen })),
  },
]
