/** The screens of administration; each module is loaded when its screen is opened. */
import {
  ApiOutlined,
  DashboardOutlined,
  DesktopOutlined,
  IdcardOutlined,
  LoginOutlined,
  SafetyCertificateOutlined,
  TeamOutlined,
} from '@ant-design/icons'
import type { ScreenDefinition } from '@xinglin/kit'
import { administrationScreens as addresses } from '../contract.ts'
import { readsPeople } from './staff-answers.ts'

export const screens: readonly ScreenDefinition[] = [
  {
    path: addresses.people,
    title: { zh: '人员账号', en: 'People' },
    permission: readsPeople,
    rail: { icon: TeamOutlined, order: 80 },
    load: () => import('./people.tsx').then(({ PeopleScreen }) => ({ Screen: PeopleScreen })),
  },
  {
    path: addresses.staff,
    title: { zh: '岗位变动', en: 'Moves' },
    permission: 'administration.people.read',
    rail: { icon: IdcardOutlined, order: 80 },
    load: () => import('./staff.tsx').then(({ StaffScreen }) => ({ Screen: StaffScreen })),
  },
  {
    path: addresses.terminals,
    title: { zh: '共用终端', en: 'Terminals' },
    permission: 'administration.terminals.read',
    rail: { icon: DesktopOutlined, order: 82 },
    load: () => import('./terminals.tsx').then(({ TerminalsScreen }) => ({ Screen: TerminalsScreen })),
  },
  {
    path: addresses.roles,
    title: { zh: '角色权限', en: 'Roles' },
    permission: 'administration.roles.read',
    rail: { icon: SafetyCertificateOutlined, order: 81 },
    load: () => import('./roles.tsx').then(({ RolesScreen }) => ({ Screen: RolesScreen })),
  },
  {
    path: addresses.clients,
    title: { zh: '机器客户端', en: 'Clients' },
    permission: 'administration.clients.read',
    rail: { icon: ApiOutlined, order: 82 },
    load: () => import('./clients.tsx').then(({ ClientsScreen }) => ({ Screen: ClientsScreen })),
  },
  {
    path: addresses.signIn,
    title: { zh: '登录来源', en: 'Sign-in by others' },
    permission: 'administration.upstream.read',
    rail: { icon: LoginOutlined, order: 82.5 },
    load: () =>
      import('./sign-in-providers.tsx').then(({ SignInProvidersScreen }) => ({
        Screen: SignInProvidersScreen,
      })),
  },
  {
    path: addresses.health,
    title: { zh: '运行状况', en: 'System health' },
    permission: 'administration.health.read',
    rail: { icon: DashboardOutlined, order: 84 },
    load: () => import('./health.tsx').then(({ HealthScreen }) => ({ Screen: HealthScreen })),
  },
]
