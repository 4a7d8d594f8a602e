/** The screens of access; each module is loaded when its screen is opened. */
import { KeyOutlined, QuestionCircleOutlined } from '@ant-design/icons'
import type { ScreenDefinition } from '@xinglin/kit'
import { explainDecisions, readPolicies } from '../contract.ts'

export const screens: readonly ScreenDefinition[] = [
  {
    path: '/access',
    title: { zh: '访问策略', en: 'Access policies' },
    permission: readPolicies,
    rail: { icon: KeyOutlined, order: 74, permission: readPolicies },
    load: () => import('./policies.tsx').then(({ PoliciesScreen }) => ({ Screen: PoliciesScreen })),
  },
  {
    path: '/access/why',
    title: { zh: '为何可见', en: 'Why' },
    permission: explainDecisions,
    rail: { icon: QuestionCircleOutlined, order: 75, permission: explainDecisions },
    load: () => import('./why.tsx').then(({ WhyScreen }) => ({ Screen: WhyScreen })),
  },
]
