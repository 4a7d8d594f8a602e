/** The groups of a person, and the groups that these are in: by what the person's entry names, by Active Directory's rule, or by search. */
import type { LdapSettings } from '@xinglin/identity'
import type { Directory, Found } from './directory.ts'
import { filledFilter, isBelow } from './filters.ts'

/** Somebody in more groups than this is a mistake of the directory. */
const mostGroups = 1_000
/** MS-ADTS §3.1.1.3.4.4.3 LDAP_MATCHING_RULE_IN_CHAIN: the server follows the chain. */
const inChain = '1.2.840.113556.1.4.1941'

type Asked = { readonly settings: LdapSettings; readonly login: string; readonly person: Found }

/** Names of the groups below the groups' base, each once, in the order in which they were met. */
export async function groupsOf(directory: Directory, asked: Asked): Promise<readonly string[]> {
  const { settings, person } = asked
  switch (settings.groups) {
    case 'matching-rule':
      return namesOf(
        settings,
        await matching(directory, settings, `(member:${inChain}:={dn})`, { dn: person.dn }),
      )
    case 'member-of':
      return climb(asked, person.texts('memberOf'), (name) => named(directory, settings, name))
    case 'search': {
      const { groupFilter } = settings
      const own = await matching(directory, settings, groupFilter, { dn: person.dn, login: asked.login })
      return climbFound(asked, own, ({ dn }) =>
        // A group has no login: its name stands in, so that the filter finds groups by this one alone.
        matching(directory, settings, groupFilter, { dn, login: dn }),
      )
    }
  }
}

/** Breadth first, each group once, so that a ring of groups ends. */
async function climbFound(
  { settings }: Asked,
  first: readonly Found[],
  above: (group: Found) => Promise<readonly Found[]>,
): Promise<readonly string[]> {
  const met = new Map<string, Found>()
  let level = first
  for (let step = 0; level.length > 0 && step <= settings.nestedDepth; step++) {
    const fresh = level.filter(({ dn }) => !met.has(dn.toLowerCase()))
    for (const group of fresh) if (met.size < mostGroups) met.set(group.dn.toLowerCase(), group)
    if (step === settings.nestedDepth) break
    level = (await Promise.all(fresh.map(above))).flat()
  }
  return namesOf(settings, [...met.values()])
}

async function climb(
  asked: Asked,
  names: readonly string[],
  look: (name: string) => Promise<Found | undefined>,
): Promise<readonly string[]> {
  const foundOf = async (each: readonly string[]) =>
    (await Promise.all([...new Set(each)].slice(0, mostGroups).map(look))).filter(
      (group) => group !== undefined,
    )
  return climbFound(asked, await foundOf(names), (group) => foundOf(group.texts('memberOf')))
}

/** A group that somebody made outside of the base gives nothing, whatever it is called. */
async function named(directory: Directory, settings: LdapSettings, name: string): Promise<Found | undefined> {
  if (!isBelow(name, settings.groupBaseDn)) return undefined
  const [group] = await directory.search(name, {
    ...{ scope: 'base', filter: '(objectClass=*)', most: 1 },
    attributes: [settings.groupNameAttribute, 'memberOf'],
  })
  return group
}

function matching(
  directory: Directory,
  settings: LdapSettings,
  template: string,
  values: Readonly<Record<string, string>>,
): Promise<readonly Found[]> {
  return directory.search(settings.groupBaseDn, {
    ...{ filter: filledFilter(template, values), most: mostGroups, paged: true },
    attributes: [settings.groupNameAttribute],
  })
}

function namesOf({ groupNameAttribute }: LdapSettings, groups: readonly Found[]): readonly string[] {
  return [...new Set(groups.flatMap((group) => group.texts(groupNameAttribute).slice(0, 1)))]
}
