/** What identity itself demands of people who administer it; apps/administration declares these as its permissions. */

import type { accessPermissions } from './access/policy-administration.ts'
import type { approvalPermissions, keyPermissions } from './approvals/approvals.ts'

export type AdministrationPermission =
  | (typeof accessPermissions)[number]['id']
  | (typeof approvalPermissions)[number]['id']
  | (typeof keyPermissions)[number]['id']
  | (typeof administrationPermissions)[number]['id']
  | (typeof appRegistryPermissions)[number]['id']

export const administrationPermissions = [
  { id: 'administration.people.read', title: { zh: '查看人员账号', en: 'See people' } },
  { id: 'administration.people.write', title: { zh: '管理人员账号', en: 'Administer people' } },
  {
    id: 'administration.department-people.read',
    title: { zh: '查看本科室人员', en: 'See the people of departments that one administers' },
  },
  {
    id: 'administration.department-people.write',
    title: { zh: '管理本科室人员', en: 'Administer the people of departments that one administers' },
  },
  {
    id: 'administration.staff.write',
    title: { zh: '接收人事变动', en: 'Tell of people who join, move, leave' },
  },
  { id: 'administration.terminals.read', title: { zh: '查看共用终端', en: 'See shared terminals' } },
  { id: 'administration.terminals.write', title: { zh: '管理共用终端', en: 'Administer shared terminals' } },
  { id: 'administration.roles.read', title: { zh: '查看角色', en: 'See roles' } },
  { id: 'administration.roles.write', title: { zh: '管理角色', en: 'Administer roles' } },
  { id: 'administration.clients.read', title: { zh: '查看机器客户端', en: 'See machine clients' } },
  { id: 'administration.clients.write', title: { zh: '管理机器客户端', en: 'Administer machine clients' } },
  { id: 'administration.sessions.read', title: { zh: '查看会话', en: 'See sessions' } },
  { id: 'administration.sessions.write', title: { zh: '结束会话', en: 'End sessions' } },
  { id: 'administration.upstream.read', title: { zh: '查看统一身份登录', en: 'See sign-in by others' } },
  {
    id: 'administration.upstream.write',
    title: { zh: '管理统一身份登录', en: 'Administer sign-in by others' },
  },
  { id: 'administration.audit.read', title: { zh: '查看审计日志', en: 'See the audit trail' } },
] as const

/** What the registry of apps demands; apps/app-registry declares these. */
export const appRegistryPermissions = [
  { id: 'app-registry.apps.read', title: { zh: '查看应用登记', en: 'See the registered apps' } },
  { id: 'app-registry.apps.register', title: { zh: '登记应用', en: 'Register apps' } },
  { id: 'app-registry.apps.review', title: { zh: '审核和停用应用', en: 'Review and suspend apps' } },
] as const
