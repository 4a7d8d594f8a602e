/** The screens of this room; small, since it is part of the first load. */
import { CheckSquareOutlined } from '@ant-design/icons'
import type { ScreenDefinition } from '@xinglin/kit'
import { boardPermission } from '../contract.ts'

export const screens: readonly ScreenDefinition[] = [
  {
    path: '/compliance',
    title: { zh: '等保控制板', en: 'Control board' },
    permission: boardPermission,
    rail: { icon: CheckSquareOutlined, order: 90 },
    load: () => import('./board.tsx').then(({ BoardScreen }) => ({ Screen: BoardScreen })),
  },
]
