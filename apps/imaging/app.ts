/** Imaging: studies that modalities send through the DICOM door, seen by clinicians beside the record. */
import { defineApp } from '@xinglin/app'
import { imagingPermissions } from './contract.ts'
import { imagingRoutes } from './routes/routes.ts'

export const imaging = defineApp({
  id: 'imaging',
  title: { zh: '影像', en: 'Imaging' },
  needs: ['dicom-node', 'dicom-web'],
  permissions: [{ id: imagingPermissions.view, title: { zh: '查看影像', en: 'View images' } }],
  routes: imagingRoutes,
})
