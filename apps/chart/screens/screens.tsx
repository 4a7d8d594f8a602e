/** The chart's screens and what the command bar finds through it. */
import { SolutionOutlined } from '@ant-design/icons'
import { ask, type ScreenDefinition, type SearchDefinition } from '@xinglin/kit'
import { chartPermissions, recordAddress } from '../contract.ts'
import type { FoundPatient } from './found-patient.ts'

export const screens: readonly ScreenDefinition[] = [
  {
    path: '/chart',
    title: { zh: '找患者', en: 'Find a patient' },
    rail: { icon: SolutionOutlined, order: 10, permission: chartPermissions.read },
    load: () => import('./find.tsx'),
  },
  {
    path: '/chart/patients/:id',
    title: { zh: '病历', en: 'Record' },
    permission: chartPermissions.read,
    load: () => import('./record.tsx'),
  },
]

export const searches: readonly SearchDefinition[] = [
  {
    title: { zh: '患者', en: 'Patients' },
    permission: chartPermissions.read,
    find: async (text, signal) => {
      const { patients } = await ask<{ patients: readonly FoundPatient[] }>('/api/chart/find', {
        method: 'POST',
        body: { text },
        signal,
      })
      return patients.map(({ id, name, mrn, birthDate }) => ({
        key: id,
        title: name,
        detail: [mrn, birthDate].filter(Boolean).join(' · '),
        address: recordAddress(id),
      }))
    },
  },
]
