/** How a provider is reached and read, checked field by field before it is kept. */
import { invalid } from '@xinglin/fhir'

export type OidcSettings = {
  /** OpenID Connect Discovery 1.0 §2: the address under which `/.well-known/openid-configuration` stands. */
  readonly issuer: string
  readonly clientId: string
  readonly clientAuthentication: 'client_secret_basic' | 'client_secret_post' | 'none'
  /** Besides `openid`. */
  readonly scopes: readonly string[]
  /** Claims by path, with dots between members: `realm_access.roles`. */
  readonly loginClaim: string
  readonly displayClaim: string
  readonly groupsClaim: string
  readonly prompt?: 'login' | 'select_account'
  /** Values of `acr` or `amr` that count as a second factor; none: the second factor is always asked here. */
  readonly secondFactorAcr: readonly string[]
  readonly secondFactorAmr: readonly string[]
  /** Signing out here goes on to the provider (RP-Initiated Logout 1.0). */
  readonly endsUpstreamSession: boolean
  readonly clockSkewSeconds: number
  /** Certificates (PEM) of the house's own authority. */
  readonly authorities?: string
}

export type LdapSettings = {
  /** `ldaps://` or `ldap://` with host and port; asked in this order until one answers. */
  readonly servers: readonly string[]
  /** RFC 4511 §4.14 on `ldap://`; without it only hosts of named networks are asked in the clear. */
  readonly startTls: boolean
  /** `search`: find the entry, then bind as it; `direct`: bind by a name made of the login. */
  readonly bind: 'search' | 'direct'
  /** Account that searches; its password is the provider's secret. */
  readonly bindDn?: string
  /** With `{login}`: `{login}@hospital.example` or `uid={login},ou=people,dc=hospital`. */
  readonly directName?: string
  readonly baseDn: string
  /** RFC 4515 with `{login}`. */
  readonly userFilter: string
  readonly subjectAttribute: string
  readonly loginAttribute: string
  readonly displayAttribute: string
  /** RFC 4515: entries that may not sign in. */
  readonly disabledFilter?: string
  readonly groups: 'member-of' | 'matching-rule' | 'search'
  /** Groups elsewhere give nothing. */
  readonly groupBaseDn: string
  /** With `search`: RFC 4515 with `{dn}` and, for the person's own groups, `{login}`. */
  readonly groupFilter: string
  readonly groupNameAttribute: string
  /** Groups in groups, steps up. */
  readonly nestedDepth: number
  readonly authorities?: string
}

const maxTextCharacters = 1_000
const maxPemCharacters = 64_000
const maxListed = 20

/** Throws `invalid` (`upstream.settings`) with the field in `at`. */
export function oidcSettings(given: unknown): OidcSettings {
  const { text, optional, list, choice, flag, whole, path } = reader(given)
  const prompt = optional('prompt') === undefined ? undefined : choice('prompt', ['login', 'select_account'])
  const authorities = optional('authorities', maxPemCharacters)
  return {
    issuer: issuerAddress(text('issuer')),
    clientId: text('clientId'),
    clientAuthentication: choice('clientAuthentication', [
      'client_secret_basic',
      'client_secret_post',
      'none',
    ]),
    scopes: list('scopes').filter((scope) => scope !== 'openid'),
    loginClaim: path('loginClaim'),
    displayClaim: path('displayClaim'),
    groupsClaim: path('groupsClaim'),
    ...(prompt === undefined ? {} : { prompt }),
    secondFactorAcr: list('secondFactorAcr'),
    secondFactorAmr: list('secondFactorAmr'),
    endsUpstreamSession: flag('endsUpstreamSession'),
    clockSkewSeconds: whole('clockSkewSeconds', { from: 0, to: 300 }),
    ...(authorities === undefined ? {} : { authorities: certificates(authorities) }),
  }
}

/** Throws `invalid` (`upstream.settings`) with the field in `at`. */
export function ldapSettings(given: unknown): LdapSettings {
  const { text, optional, list, choice, flag, whole } = reader(given)
  const servers = list('servers').map(serverAddress)
  if (servers.length === 0) throw wrong('servers', 'names at least one server')
  const bind = choice('bind', ['search', 'direct'])
  const bindDn = optional('bindDn')
  const directName = optional('directName')
  if (bind === 'direct' && !directName?.includes('{login}')) throw wrong('directName', 'contains {login}')
  const disabledFilter = optional('disabledFilter')
  const authorities = optional('authorities', maxPemCharacters)
  const groups = choice('groups', ['member-of', 'matching-rule', 'search'])
  return {
    ...{ servers, startTls: flag('startTls'), bind },
    ...(bindDn === undefined ? {} : { bindDn }),
    ...(directName === undefined ? {} : { directName }),
    baseDn: text('baseDn'),
    userFilter: filterWith(text('userFilter'), 'userFilter', '{login}'),
    subjectAttribute: attribute(text('subjectAttribute'), 'subjectAttribute'),
    loginAttribute: attribute(text('loginAttribute'), 'loginAttribute'),
    displayAttribute: attribute(text('displayAttribute'), 'displayAttribute'),
    ...(disabledFilter === undefined ? {} : { disabledFilter: filterWith(disabledFilter, 'disabledFilter') }),
    groups,
    groupBaseDn: text('groupBaseDn'),
    groupFilter:
      groups === 'search' ? filterWith(text('groupFilter'), 'groupFilter', '{dn}') : '(member={dn})',
    groupNameAttribute: attribute(text('groupNameAttribute'), 'groupNameAttribute'),
    nestedDepth: whole('nestedDepth', { from: 0, to: 10 }),
    ...(authorities === undefined ? {} : { authorities: certificates(authorities) }),
  }
}

function issuerAddress(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined
  const isPlain = url && !url.username && !url.password && !url.search && !url.hash
  if (url && isPlain && /^https?:$/.test(url.protocol)) return given.replace(/\/$/, '')
  throw wrong('issuer', 'is an https address without name, query or fragment')
}

function serverAddress(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url && /^ldaps?:\/\/(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?\/?$/i.test(given))
    return given.replace(/\/$/, '')
  throw wrong('servers', 'are ldaps://host:port or ldap://host:port')
}

function attribute(given: string, at: string): string {
  if (/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(given)) return given
  throw wrong(at, 'is the name of an attribute')
}

function filterWith(given: string, at: string, placeholder?: string): string {
  const isBalanced = given.split('(').length === given.split(')').length
  const isFilter = given.startsWith('(') && given.endsWith(')') && isBalanced
  if (isFilter && (placeholder === undefined || given.includes(placeholder))) return given
  throw wrong(at, `is a filter in brackets (RFC 4515)${placeholder ? ` with ${placeholder}` : ''}`)
}

function certificates(given: string): string {
  if (/-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(given)) return given
  throw wrong('authorities', 'are certificates in PEM')
}

function reader(given: unknown) {
  const value = (at: string): unknown =>
    typeof given === 'object' && given !== null && Object.hasOwn(given, at)
      ? Reflect.get(given, at)
      : undefined
  const optional = (at: string, most = maxTextCharacters) => {
    const found = value(at)
    if (found === undefined || found === null || found === '') return undefined
    if (typeof found === 'string' && found.length <= most) return found.trim()
    throw wrong(at, `is text of at most ${most} characters`)
  }
  const text = (at: string) => {
    const found = optional(at)
    if (found !== undefined && found !== '') return found
    throw wrong(at, 'is missing')
  }
  return {
    text,
    optional,
    list(at: string): readonly string[] {
      const found = value(at) ?? []
      if (Array.isArray(found) && found.length <= maxListed && found.every(isShort))
        return [...new Set(found.map((each: string) => each.trim()))]
      throw wrong(at, `is a list of at most ${maxListed} texts`)
    },
    choice<Choice extends string>(at: string, choices: readonly Choice[]): Choice {
      const found = choices.find((each) => each === value(at))
      if (found !== undefined) return found
      throw wrong(at, `is one of ${choices.join(', ')}`)
    },
    flag(at: string): boolean {
      const found = value(at) ?? false
      if (typeof found === 'boolean') return found
      throw wrong(at, 'is true or false')
    },
    whole(at: string, { from, to }: { from: number; to: number }): number {
      const found = value(at)
      if (typeof found === 'number' && Number.isInteger(found) && found >= from && found <= to) return found
      throw wrong(at, `is a whole number from ${from} to ${to}`)
    },
    path(at: string): string {
      const found = text(at)
      if (/^[^\s.]+(\.[^\s.]+){0,5}$/.test(found)) return found
      throw wrong(at, 'is the name of a claim, with dots between its members')
    },
  }
}

function isShort(each: unknown): each is string {
  return typeof each === 'string' && each.trim() !== '' && each.length <= maxTextCharacters
}

function wrong(at: string, what: string) {
  return invalid(`${at} ${what}`, { code: 'upstream.settings', at })
}
