/** The screens of integration; the module is loaded when the screen is opened. */
import { ApartmentOutlined, DeploymentUnitOutlined } from '@ant-design/icons'
import type { ScreenDefinition } from '@xinglin/kit'
import { integrationScreens, interfacePermissions, readPermission } from '../contract.ts'

export const screens: readonly ScreenDefinition[] = [
  {
    path: integrationScreens.connections,
    title: { zh: '接口监控', en: 'Connections' },
    permission: readPermission,
    rail: { icon: ApartmentOutlined, order: 60 },
    load: () => import('./connections.tsx').then(({ ConnectionsScreen }) => ({ Screen: ConnectionsScreen })),
  },
  {
    path: integrationScreens.interfaces,
    title: { zh: '系统间接口', en: 'Interfaces' },
    permission: interfacePermissions.read,
    rail: { icon: DeploymentUnitOutlined, order: 61 },
    load: () => import('./interfaces.tsx').then(({ InterfacesScreen }) => ({ Screen: InterfacesScreen })),
  },
]
