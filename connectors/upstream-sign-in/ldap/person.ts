/** Finding somebody in a directory and letting the directory judge the password: search then bind, or bind by a name made of the login. */
import { type OutcomeError, unauthenticated } from '@xinglin/fhir'
import type { LdapSettings, VouchedPerson } from '@xinglin/identity'
import type { Needs } from '../needs.ts'
import { type Directory, type Found, type LdapProvider, withDirectory } from './directory.ts'
import { filledFilter, filledName } from './filters.ts'
import { groupsOf } from './groups.ts'

const maxLoginCharacters = 100
const maxPasswordCharacters = 512

type Given = { readonly login: string; readonly password: string }
type Person = Pick<VouchedPerson, 'subject' | 'login' | 'display' | 'groups'>

/** Throws `unauthenticated`: `identity.wrong-password` whether the login or the password is wrong. */
export function personOf(needs: Needs, provider: LdapProvider, given: Given): Promise<Person> {
  const login = given.login.normalize('NFC').trim()
  const isPlausible =
    login !== '' && login.length <= maxLoginCharacters && !/\p{Cc}/u.test(login) && given.password !== ''
  if (!isPlausible || given.password.length > maxPasswordCharacters) throw wrongPair()
  return withDirectory(needs, provider, async (directory) => {
    const entry = await judged(directory, provider, { login, password: given.password })
    return told(directory, provider, { entry, login })
  })
}

async function judged(
  directory: Directory,
  provider: LdapProvider,
  { login, password }: Given,
): Promise<Found> {
  const { settings } = provider
  if (settings.bind === 'direct') {
    const name = filledName(settings.directName ?? '', login)
    if (name === undefined || !(await directory.bind(name, password))) throw wrongPair()
    const own = await findPerson(directory, settings, login)
    if (!own) throw wrongPair()
    return own
  }
  await bindToSearch(directory, provider)
  const found = await findPerson(directory, settings, login)
  // An unknown login takes as long as a wrong password: the directory is asked about nobody.
  const isRight = await directory.bind(found?.dn ?? `cn=nobody,${settings.baseDn}`, password)
  if (!found || !isRight) throw wrongPair()
  // What the searching account may see is the same for everybody.
  await bindToSearch(directory, provider)
  return found
}

/** As the searching account; anonymous where none is set. */
export async function bindToSearch(
  directory: Directory,
  { settings, secret = '' }: LdapProvider,
): Promise<void> {
  if (settings.bindDn === undefined || settings.bind === 'direct') return
  if (await directory.bind(settings.bindDn, secret)) return
  throw unauthenticated('the directory does not take the searching account: look at its name and password', {
    code: 'upstream.client',
  })
}

/** Undefined where nobody has this login; throws where more than one entry does. */
export async function findPerson(
  directory: Directory,
  settings: LdapSettings,
  login: string,
): Promise<Found | undefined> {
  const { baseDn, userFilter, subjectAttribute, loginAttribute, displayAttribute } = settings
  const found = await directory.search(baseDn, {
    ...{ filter: filledFilter(userFilter, { login }), most: 2 },
    attributes: [...new Set([subjectAttribute, loginAttribute, displayAttribute, 'memberOf'])],
  })
  if (found.length < 2) return found[0]
  throw unauthenticated('more than one person there has this login: look at the filter for people', {
    code: 'upstream.ambiguous',
  })
}

async function told(
  directory: Directory,
  provider: LdapProvider,
  { entry, login }: { readonly entry: Found; readonly login: string },
): Promise<Person> {
  const { settings } = provider
  if (settings.disabledFilter !== undefined) {
    const disabled = await directory.search(entry.dn, {
      ...{ scope: 'base', filter: settings.disabledFilter, attributes: ['1.1'], most: 1 },
    })
    if (disabled.length > 0)
      throw unauthenticated('the account there is disabled', { code: 'upstream.disabled-there' })
  }
  const subject = subjectOf(entry, settings)
  if (subject === undefined)
    throw unauthenticated(`the entry has no ${settings.subjectAttribute}`, { code: 'upstream.subject' })
  const [name = login] = entry.texts(settings.loginAttribute)
  const [display = name] = entry.texts(settings.displayAttribute)
  return {
    subject,
    login: name,
    display,
    groups: await groupsOf(directory, { settings, login, person: entry }),
  }
}

/** What the directory never changes or gives again; bytes as hexadecimal. */
export function subjectOf(entry: Found, { subjectAttribute }: LdapSettings): string | undefined {
  const bytes = entry.bytes(subjectAttribute)
  return bytes ? Buffer.from(bytes).toString('hex') : entry.texts(subjectAttribute)[0]
}

function wrongPair(): OutcomeError {
  return unauthenticated('the login or the password is wrong', { code: 'identity.wrong-password' })
}
