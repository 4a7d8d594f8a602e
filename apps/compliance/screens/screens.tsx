/** The screens of this room; small, since it is part of the first load. */
import { CheckSquareOutlined, ProfileOutlined } from '@ant-design/icons'
import type { ScreenDefinition } from '@xinglin/kit'
import { boardPermission } from '../contract.ts'
import { gradingPermissions } from '../grading/contract.ts'

export const screens: readonly ScreenDefinition[] = [
  {
    path: '/compliance',
    title: { zh: '等保控制板', en: 'Control board' },
    permission: boardPermission,
    rail: { icon: CheckSquareOutlined, order: 90 },
    load: () => import('./board.tsx').then(({ BoardScreen }) => ({ Screen: BoardScreen })),
  },
  {
    path: '/compliance/grading',
    title: { zh: '等保项目', en: 'Graded protection' },
    permission: gradingPermissions.read,
    rail: { icon: ProfileOutlined, order: 91, permission: gradingPermissions.read },
    load: () => import('./grading.tsx').then(({ GradingScreen }) => ({ Screen: GradingScreen })),
  },
]
