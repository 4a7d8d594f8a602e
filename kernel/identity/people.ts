/** People's accounts as administrators keep them. Passwords are never chosen for somebody: a one-time one is made. */
import { constraintOf, type Queryable, sql, type Transaction } from '@xinglin/database'
import type { TenantId } from '@xinglin/events'
import { conflict, forbidden, invalid, notFound } from '@xinglin/fhir'
import { type Administration, administer, inspect, refuseWithoutReason } from './administer.ts'
import type { ByTwo } from './approvals/by-two.ts'
import { refuseLastOfThem, refuseTwoAdministrators } from './approvals/separation.ts'
import type { Actor, People } from './identity.ts'
import type { Passwords } from './passwords.ts'
import { listPeople } from './people-list.ts'
import type { RoleBook } from './roles.ts'
import { oneTimePassword } from './secrets.ts'
import type { SessionStore } from './sessions.ts'
import type { IdentitySettings } from './settings.ts'
import { forgetDevices } from './sign-in/devices.ts'
import type { FormerPasswords } from './sign-in/sign-in.ts'
import type { SignInAttempts } from './sign-in-attempts.ts'
import { noteChange } from './staff/changes.ts'
import { departmentsOf, refuseBeyond, refuseOutside, type Scope, scopeOf } from './staff/scope.ts'

export type PeopleParts = Administration & {
  readonly byTwo: ByTwo
  readonly passwords: Passwords
  readonly sessions: SessionStore
  readonly attempts: SignInAttempts
  readonly roles: RoleBook
  readonly formerPasswords: FormerPasswords
  readonly settings: Required<IdentitySettings>
}

const permission = 'administration.people.write'

export function createPeople(parts: PeopleParts): People {
  const { sessions, runtime } = parts
  const change = (by: Actor, act: { id: string; reason: string }, kind: Kind, work: Work) =>
    changePerson(parts, by, { ...act, kind, work })
  const accountNow = async (from: Queryable, by: Actor, id: string) => {
    const [person] = await from.query(sql<{ login: string; display: string; roles: readonly string[] }>`
      select login, display, roles
      from identity.account
      where tenant = ${by.tenant} and id = ${id}`)
    return person ?? {}
  }
  const setRoles = parts.byTwo.guard<{ id: string; roles: readonly string[]; reason: string }>({
    kind: 'people.roles',
    permission,
    subject: ({ id }) => ({ type: 'Account', id: id.slice(0, 64) }),
    async before(from, by, { id, roles }) {
      refuseTwoAdministrators(roles)
      await refuseUnknownRoles(parts, by, roles)
      return accountNow(from, by, id)
    },
    act: (by, { roles, ...act }) =>
      change(by, act, 'identity.roles-set', async (transaction, person, scope) => {
        refuseTwoAdministrators(roles)
        await refuseUnknownRoles(parts, by, roles)
        const at = runtime.now()
        const departments = await departmentsOf(transaction, { tenant: by.tenant, account: person.id, at })
        refuseBeyond(scope, { departments, roles })
        if (roles.includes(administrator)) await refuseSole(parts, by)
        else await refuseLastAdministrator(transaction, person)
        await transaction.query(sql`
          update identity.account
          set roles = ${[...new Set(roles)]}
          where id = ${person.id}`)
        await refuseLastOfThem(transaction, by.tenant)
        transaction.afterCommit(sessions.forget)
      }),
  })
  const clearFactors = parts.byTwo.guard<{ id: string; reason: string }>({
    kind: 'factors.clear',
    permission,
    subject: ({ id }) => ({ type: 'Account', id: id.slice(0, 64) }),
    before: (from, by, { id }) => accountNow(from, by, id),
    act: (by, act) =>
      change(by, act, 'identity.factors-cleared', async (transaction, person) => {
        await transaction.query(sql`delete from signin.factor where account = ${person.id}`)
        await transaction.query(sql`delete from signin.recovery_code where account = ${person.id}`)
        await forgetDevices(transaction, person.id)
        await sessions.closeAll(transaction, person.id)
      }),
  })
  return {
    setRoles,
    clearFactors,
    list: (by, options) =>
      inspect(parts, by, {
        permission: 'administration.people.read',
        detail: 'list',
        get: () => listPeople(parts, by.tenant, options),
      }),
    create: (by, person) => createByTwo(parts, by, person, setRoles),
    async resetPassword(by, act) {
      const password = oneTimePassword()
      const passwordHash = await parts.passwords.hash(password)
      await change(by, act, 'identity.password-reset', async (transaction, person) => {
        parts.formerPasswords.keep(transaction, person.id)
        await transaction.query(sql`
          update identity.account
          set password_hash = ${passwordHash}, must_change_password = true,
            password_set = ${runtime.now()}::timestamptz
          where id = ${person.id}`)
        await unlock(parts, transaction, person)
        await forgetDevices(transaction, person.id)
        await sessions.closeAll(transaction, person.id)
      })
      return { oneTimePassword: password }
    },
    disable: (by, act) =>
      change(by, act, 'identity.person-disabled', async (transaction, person) => {
        if (person.id === by.id)
          throw conflict('you cannot disable your own account: ask another administrator', {
            code: 'identity.own-account',
          })
        await refuseLastAdministrator(transaction, person)
        await transaction.query(sql`
          update identity.account
          set disabled = ${runtime.now()}::timestamptz
          where id = ${person.id}`)
        await refuseLastOfThem(transaction, by.tenant)
        await sessions.closeAll(transaction, person.id)
      }),
    enable: (by, act) =>
      change(by, act, 'identity.person-enabled', async (transaction, person) => {
        await transaction.query(sql`
          update identity.account
          set disabled = null
          where id = ${person.id}`)
      }),
    unlock: (by, act) =>
      change(by, act, 'identity.person-unlocked', (transaction, person) =>
        unlock(parts, transaction, person),
      ),
  }
}

const administrator = 'administrator'

/** Every count of wrong passwords and PINs of a person begins anew. */
async function unlock(
  { attempts }: PeopleParts,
  transaction: Transaction,
  { id, login }: Person,
): Promise<void> {
  await attempts.clear(transaction, login)
  await attempts.clear(transaction, { of: 'own-password', id })
  await attempts.clear(transaction, { of: 'badge', id })
}

type Kind = `identity.${string}`
type Person = { readonly id: string; readonly login: string; readonly roles: readonly string[] }
type Work = (transaction: Transaction, person: Person, scope: Scope) => Promise<void>

async function changePerson(
  parts: PeopleParts,
  by: Actor,
  { id, reason, kind, work }: { id: string; reason: string; kind: Kind; work: Work },
): Promise<void> {
  const stated = refuseWithoutReason(reason)
  const subject = { type: 'Account', id }
  const scope = await scopeOf(parts, by, 'write', {
    subject: id,
    detail: `${kind.slice('identity.'.length)}: ${stated}`,
  })
  await administer(parts, by, {
    permission: scope.kind === 'all' ? permission : 'administration.department-people.write',
    kind,
    subject,
    reason: stated,
    work: async (transaction) => {
      const person = await lockPerson(transaction, by.tenant, id)
      if (person.roles.includes(administrator)) refuseUnlessAdministrator(by)
      await refuseOutside(transaction, { scope, by, person, at: parts.runtime.now() })
      await work(transaction, person, scope)
      const what = kind.slice('identity.'.length)
      noteChange(transaction, parts.runtime, by, { account: id, what, reason: stated })
    },
  })
}

async function lockPerson(transaction: Transaction, tenant: TenantId, id: string): Promise<Person> {
  const [person] = await transaction.query(sql<Person>`
    select id, login, roles
    from identity.account
    where tenant = ${tenant}
    and id = ${id}
    for update`)
  if (person) return person
  throw notFound(`there is no account ${id.slice(0, 64)}`, { code: 'identity.no-person', at: 'id' })
}

/** Where administrators are separate, an account is made without roles, and its roles wait for the second person. */
async function createByTwo(
  parts: PeopleParts,
  by: Actor,
  person: { login: string; display: string; roles: readonly string[] },
  setRoles: People['setRoles'],
): ReturnType<People['create']> {
  refuseTwoAdministrators(person.roles)
  if (person.roles.length === 0 || !(await parts.byTwo.isOn(by))) return createPerson(parts, by, person)
  await refuseUnknownRoles(parts, by, person.roles)
  const made = await createPerson(parts, by, { ...person, roles: [] })
  const { login, roles } = person
  const carried = await setRoles(by, { id: made.id, roles, reason: `${login}: ${roles.join(', ')}` })
  return { ...made, ...carried }
}

/** Throws where nobody may be `administrator` any more, or the one who gives it is none. */
async function refuseSole({ byTwo }: PeopleParts, by: Actor): Promise<void> {
  if (await byTwo.isOn(by))
    throw conflict('the administrators are separate here: nobody is administrator of all', {
      code: 'approvals.no-administrator',
      at: 'roles',
    })
  refuseUnlessAdministrator(by)
}

/** One login is one person, in the whole installation. */
async function createPerson(
  parts: PeopleParts,
  by: Actor,
  { login, display, roles }: { login: string; display: string; roles: readonly string[] },
): Promise<{ id: string; oneTimePassword: string }> {
  const person = { login: checkedLogin(login), display: checkedDisplay(display), roles: [...new Set(roles)] }
  const password = oneTimePassword()
  const id = parts.runtime.newId()
  await administer(parts, by, {
    permission,
    kind: 'identity.person-created',
    subject: { type: 'Account', id },
    data: { roles: person.roles },
    work: async (transaction) => {
      await refuseUnknownRoles(parts, by, roles)
      if (roles.includes(administrator)) refuseUnlessAdministrator(by)
      const passwordHash = await parts.passwords.hash(password)
      await insertAccount(transaction, {
        ...person,
        id,
        tenant: by.tenant,
        passwordHash,
        at: parts.runtime.now(),
      })
      noteChange(transaction, parts.runtime, by, { account: id, what: 'person-created' })
    },
  })
  return { id, oneTimePassword: password }
}

type NewAccount = {
  readonly id: string
  readonly tenant: TenantId
  readonly login: string
  readonly display: string
  readonly roles: readonly string[]
  readonly passwordHash: string
  readonly at: string
  readonly mustChangePassword?: boolean
}

/** Throws `conflict` (`identity.login-taken`). */
export async function insertAccount(transaction: Transaction, account: NewAccount): Promise<void> {
  const { id, tenant, login, display, roles, passwordHash, at, mustChangePassword = true } = account
  try {
    await transaction.query(sql`
      insert into identity.account
        (id, tenant, login, display, password_hash, must_change_password, roles, created, password_set)
      values (${id}, ${tenant}, ${login}, ${display}, ${passwordHash}, ${mustChangePassword}, ${roles}, ${at}, ${at})`)
  } catch (error) {
    if (constraintOf(error) !== 'account_login') throw error
    throw conflict(`the login ${login} is taken: choose another`, {
      code: 'identity.login-taken',
      at: 'login',
      cause: error,
    })
  }
}

/** Throws `invalid` (`identity.login`). */
export function checkedLogin(login: string): string {
  const given = login.normalize('NFC').trim()
  if (/^[\p{L}\p{Nd}][\p{L}\p{Nd}._@-]{1,63}$/u.test(given)) return given
  throw invalid(
    'a login has 2 to 64 letters, digits, dots, hyphens, underscores or @, beginning with a letter or digit',
    {
      code: 'identity.login',
      at: 'login',
    },
  )
}

const maxDisplayCharacters = 100

/** Throws `invalid` (`identity.display`). */
export function checkedDisplay(display: string): string {
  const given = display.trim()
  if (given.length >= 1 && given.length <= maxDisplayCharacters) return given
  throw invalid(`a person's name has 1 to ${maxDisplayCharacters} characters`, {
    code: 'identity.display',
    at: 'display',
  })
}

async function refuseUnknownRoles(
  { roles: book }: PeopleParts,
  by: Actor,
  roles: readonly string[],
): Promise<void> {
  const known = new Set((await book.list(by.tenant)).map((role) => role.id))
  const unknown = roles.find((role) => !known.has(role))
  if (unknown === undefined) return
  throw invalid(`there is no role ${unknown.slice(0, 64)}`, { code: 'identity.no-role', at: 'roles' })
}

function refuseUnlessAdministrator(by: Actor): void {
  if (by.kind === 'system' || by.roles.includes(administrator)) return
  throw forbidden('only an administrator makes or changes administrators', {
    code: 'identity.not-administrator',
  })
}

async function refuseLastAdministrator(transaction: Transaction, person: Person): Promise<void> {
  if (!person.roles.includes(administrator)) return
  // The lock on all administrators keeps two of them from removing each other at the same moment.
  const others = await transaction.query(sql<{ id: string }>`
    select id
    from identity.account
    where tenant = (select tenant from identity.account where id = ${person.id})
    and ${administrator} = any (roles)
    and disabled is null
    and id <> ${person.id}
    order by id
    for update`)
  if (others.length > 0) return
  throw conflict('this is the last administrator: make another one first', {
    code: 'identity.last-administrator',
  })
}
