/** The screens of audit; each module is loaded when its screen is opened. */
import {
  AlertOutlined,
  ControlOutlined,
  FileDoneOutlined,
  FileSearchOutlined,
  LockOutlined,
} from '@ant-design/icons'
import type { ScreenDefinition } from '@xinglin/kit'
import { auditScreens as addresses, auditPermissions as permissions } from '../contract.ts'

export const screens: readonly ScreenDefinition[] = [
  {
    path: addresses.explorer,
    title: { zh: '审计日志', en: 'Audit trail' },
    permission: permissions.readTrail,
    rail: { icon: FileSearchOutlined, order: 83, permission: permissions.readTrail },
    load: () => import('./explorer.tsx').then(({ ExplorerScreen }) => ({ Screen: ExplorerScreen })),
  },
  {
    path: addresses.anomalies,
    title: { zh: '异常访问', en: 'Anomalies' },
    permission: permissions.readAnomalies,
    rail: {
      icon: AlertOutlined,
      order: 84,
      permission: permissions.readAnomalies,
      badge: () => import('./waiting-badge.tsx').then(({ WaitingBadge }) => ({ Badge: WaitingBadge })),
    },
    load: () => import('./anomalies.tsx').then(({ AnomaliesScreen }) => ({ Screen: AnomaliesScreen })),
  },
  {
    path: addresses.rules,
    title: { zh: '异常规则', en: 'Rules of anomalies' },
    permission: permissions.readAnomalies,
    rail: { icon: ControlOutlined, order: 84.5, permission: permissions.writeRules },
    load: () => import('./rules.tsx').then(({ RulesScreen }) => ({ Screen: RulesScreen })),
  },
  {
    path: addresses.report,
    title: { zh: '患者访问报告', en: "Patient's report" },
    permission: permissions.readReports,
    rail: { icon: FileDoneOutlined, order: 85, permission: permissions.readReports },
    load: () => import('./report.tsx').then(({ ReportScreen }) => ({ Screen: ReportScreen })),
  },
  {
    path: addresses.proof,
    title: { zh: '日志校验', en: 'Proof of the trail' },
    permission: permissions.readProof,
    rail: { icon: LockOutlined, order: 86, permission: permissions.readProof },
    load: () => import('./proof.tsx').then(({ ProofScreen }) => ({ Screen: ProofScreen })),
  },
]
