/** Settings of providers as data: which fields a kind has, and what a new one begins with (Keycloak, Active Directory, OpenLDAP). */
import type { SignInProvider } from '../sign-in-contract.ts'
import type { SignInWord } from './sign-in-words.ts'

export type SettingField = {
  readonly name: SignInWord
  readonly kind: 'text' | 'lines' | 'long' | 'flag' | 'number' | 'choice'
  readonly choices?: readonly string[]
  /** Shown after the ones that every provider needs. */
  readonly isRare?: boolean
}

const oidcFields: readonly SettingField[] = [
  { name: 'issuer', kind: 'text' },
  { name: 'clientId', kind: 'text' },
  {
    name: 'clientAuthentication',
    kind: 'choice',
    choices: ['client_secret_basic', 'client_secret_post', 'none'],
  },
  { name: 'groupsClaim', kind: 'text' },
  { name: 'endsUpstreamSession', kind: 'flag' },
  { name: 'scopes', kind: 'lines', isRare: true },
  { name: 'loginClaim', kind: 'text', isRare: true },
  { name: 'displayClaim', kind: 'text', isRare: true },
  { name: 'prompt', kind: 'choice', choices: ['', 'login', 'select_account'], isRare: true },
  { name: 'secondFactorAcr', kind: 'lines', isRare: true },
  { name: 'secondFactorAmr', kind: 'lines', isRare: true },
  { name: 'clockSkewSeconds', kind: 'number', isRare: true },
  { name: 'authorities', kind: 'long', isRare: true },
]

const ldapFields: readonly SettingField[] = [
  { name: 'servers', kind: 'lines' },
  { name: 'startTls', kind: 'flag' },
  { name: 'authorities', kind: 'long' },
  { name: 'bind', kind: 'choice', choices: ['search', 'direct'] },
  { name: 'bindDn', kind: 'text' },
  { name: 'directName', kind: 'text' },
  { name: 'baseDn', kind: 'text' },
  { name: 'userFilter', kind: 'text' },
  { name: 'groups', kind: 'choice', choices: ['member-of', 'matching-rule', 'search'] },
  { name: 'groupBaseDn', kind: 'text' },
  { name: 'groupFilter', kind: 'text' },
  { name: 'disabledFilter', kind: 'text', isRare: true },
  { name: 'subjectAttribute', kind: 'text', isRare: true },
  { name: 'loginAttribute', kind: 'text', isRare: true },
  { name: 'displayAttribute', kind: 'text', isRare: true },
  { name: 'groupNameAttribute', kind: 'text', isRare: true },
  { name: 'nestedDepth', kind: 'number', isRare: true },
]

export function fieldsOf(kind: SignInProvider['kind']): readonly SettingField[] {
  return kind === 'oidc' ? oidcFields : ldapFields
}

export const templates = ['keycloak', 'activeDirectory', 'openLdap'] as const
export type Template = (typeof templates)[number]

const starts: Readonly<Record<Template, Pick<SignInProvider, 'kind' | 'settings'>>> = {
  keycloak: {
    kind: 'oidc',
    settings: {
      ...{ issuer: '', clientId: 'xinglin', clientAuthentication: 'client_secret_basic' },
      ...{ scopes: ['profile'], loginClaim: 'preferred_username', displayClaim: 'name' },
      ...{ groupsClaim: 'groups', secondFactorAcr: [], secondFactorAmr: ['otp'] },
      ...{ endsUpstreamSession: true, clockSkewSeconds: 30 },
    },
  },
  activeDirectory: {
    kind: 'ldap',
    settings: {
      ...{ servers: ['ldaps://'], startTls: false, bind: 'search', bindDn: '', baseDn: '' },
      userFilter: '(&(objectClass=user)(objectCategory=person)(sAMAccountName={login}))',
      ...{
        subjectAttribute: 'objectGUID',
        loginAttribute: 'sAMAccountName',
        displayAttribute: 'displayName',
      },
      disabledFilter: '(userAccountControl:1.2.840.113556.1.4.803:=2)',
      ...{ groups: 'matching-rule', groupBaseDn: '', groupFilter: '(member={dn})' },
      ...{ groupNameAttribute: 'cn', nestedDepth: 5 },
    },
  },
  openLdap: {
    kind: 'ldap',
    settings: {
      ...{ servers: ['ldaps://'], startTls: false, bind: 'search', bindDn: '', baseDn: '' },
      userFilter: '(&(objectClass=inetOrgPerson)(uid={login}))',
      ...{ subjectAttribute: 'entryUUID', loginAttribute: 'uid', displayAttribute: 'cn' },
      ...{ groups: 'search', groupBaseDn: '', groupFilter: '(member={dn})' },
      ...{ groupNameAttribute: 'cn', nestedDepth: 5 },
    },
  },
}

/** A provider that nobody has set yet; it is switched off until its test has succeeded. */
export function newProvider(template: Template): SignInProvider {
  return {
    ...{ id: '', title: { zh: '', en: '' }, joining: 'invite', isEnabled: false },
    ...{ allowsAdministrators: false, localPasswords: 'kept' },
    ...starts[template],
  }
}
