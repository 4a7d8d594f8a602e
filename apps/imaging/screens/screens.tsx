/** Imaging's screens. The viewer is large (Cornerstone3D) and loaded when first opened. */
import type { ScreenDefinition } from '@xinglin/kit'
import { imagingPermissions } from '../contract.ts'

export const screens: readonly ScreenDefinition[] = [
  {
    path: '/imaging/viewer/:studyInstanceUid',
    title: { zh: '影像', en: 'Images' },
    permission: imagingPermissions.view,
    load: () => import('./viewer.tsx'),
  },
]
