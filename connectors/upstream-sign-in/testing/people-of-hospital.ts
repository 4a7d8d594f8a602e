/** One directory of a hospital as entries; loaded into OpenLDAP where it is installed, and into the small server of the tests. */

export type DirectoryEntry = {
  readonly dn: string
  readonly attributes: Readonly<Record<string, readonly string[]>>
}

export const suffix = 'dc=hospital,dc=example'
export const people = `ou=people,${suffix}`
export const groups = `ou=groups,${suffix}`

const person = (
  uid: string,
  cn: string,
  password: string,
  more: Record<string, readonly string[]> = {},
): DirectoryEntry => ({
  dn: `uid=${uid.replaceAll(/[,+"\\<>;=#]/g, '\\$&')},${people}`,
  attributes: {
    objectClass: ['inetOrgPerson'],
    ...{ uid: [uid], cn: [cn], sn: [cn], userPassword: [password] },
    ...more,
  },
})
const group = (cn: string, members: readonly string[], base = groups): DirectoryEntry => ({
  dn: `cn=${cn},${base}`,
  attributes: { objectClass: ['groupOfNames'], cn: [cn], member: members },
})

export const readerPassword = 'searching-9'

/** Nurses of one ward are in a group in a group in a group, and two groups contain each other. */
export const entries: readonly DirectoryEntry[] = [
  {
    dn: suffix,
    attributes: { objectClass: ['dcObject', 'organization'], dc: ['hospital'], o: ['Hospital'] },
  },
  { dn: people, attributes: { objectClass: ['organizationalUnit'], ou: ['people'] } },
  { dn: groups, attributes: { objectClass: ['organizationalUnit'], ou: ['groups'] } },
  { dn: `ou=private,${suffix}`, attributes: { objectClass: ['organizationalUnit'], ou: ['private'] } },
  {
    dn: `cn=reader,${suffix}`,
    attributes: { objectClass: ['person'], cn: ['reader'], sn: ['reader'], userPassword: [readerPassword] },
  },
  person('lin.mei', 'Lin Mei', 'Plum-1'),
  person('zhao', '赵宁', 'Apricot-2'),
  person('李娜', '李娜', 'Pear-3'),
  person('gone', 'Somebody Else', 'Quince-4', { employeeType: ['left'] }),
  person('twin', 'First Twin', 'Fig-5'),
  {
    ...person('twin2', 'Second Twin', 'Fig-6'),
    attributes: { ...person('twin2', 'Second Twin', 'Fig-6').attributes, uid: ['twin2', 'twin'] },
  },
  person('a*b(c)', 'Odd Name', 'Sloe-7'),
  group('ward-3-nurses', [`uid=lin.mei,${people}`]),
  group('nurses', [`cn=ward-3-nurses,${groups}`]),
  group('nursing', [`cn=nurses,${groups}`, `cn=ring,${groups}`]),
  group('ring', [`cn=nursing,${groups}`]),
  group('doctors', [`uid=zhao,${people}`, `uid=李娜,${people}`, `uid=twin,${people}`]),
  // Whoever may make groups elsewhere must not become a doctor by their names.
  group('doctors', [`uid=lin.mei,${people}`], `ou=private,${suffix}`),
]
