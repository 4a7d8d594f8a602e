/** The desk of staff inside the frame, and the patients' own pages outside of it. */
import { IdcardOutlined } from '@ant-design/icons'
import type { ScreenDefinition } from '@xinglin/kit'
import { myRecordScreens as addresses, myRecordPermissions as permissions } from '../contract.ts'

export const screens: readonly ScreenDefinition[] = [
  {
    path: addresses.desk,
    title: { zh: '患者账户核实', en: "Patients' accounts" },
    permission: permissions.readDesk,
    rail: { icon: IdcardOutlined, order: 83, permission: permissions.readDesk },
    load: () => import('./desk.tsx').then(({ DeskScreen }) => ({ Screen: DeskScreen })),
  },
]

/** Pages of another realm: nobody of the staff is asked for, and no frame stands around them. */
export const ownPages = [
  {
    path: addresses.patient,
    load: () => import('./patient/patient-app.tsx').then(({ PatientApp }) => ({ Page: PatientApp })),
  },
]
