/** OpenLDAP's own server for tests, where it is installed: certificates of a house authority, StartTLS, LDAPS, memberOf. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Attribute, Change, Client } from 'ldapts'
import type { Certificate } from './certificate.ts'
import { entries, suffix } from './people-of-hospital.ts'
import type { TestDirectory } from './test-directory.ts'

const program = '/usr/sbin/slapd'
const modules = '/usr/lib/ldap'
const root = `cn=root,${suffix}`

/** False, or why tests of OpenLDAP are skipped. */
export const withoutSlapd =
  existsSync(program) && existsSync(join(modules, 'memberof.la'))
    ? false
    : 'no slapd on this machine (Debian: slapd)'

export async function startSlapd(certificate: Certificate): Promise<TestDirectory> {
  const folder = await mkdtemp(join(tmpdir(), 'xinglin-slapd-'))
  await mkdir(join(folder, 'data'))
  await writeFile(join(folder, 'ca.pem'), certificate.authority)
  await writeFile(join(folder, 'cert.pem'), certificate.certificate)
  await writeFile(join(folder, 'key.pem'), certificate.key)
  await writeFile(join(folder, 'slapd.conf'), configuration(folder))
  const { child, plain, secure } = await start(folder)
  const administer = async (act: (client: Client) => Promise<void>) => {
    const client = new Client({ url: plain })
    await client.bind(root, 'root')
    await act(client)
    await client.unbind()
  }
  await administer(async (client) => {
    for (const { dn, attributes } of entries)
      await client.add(
        dn,
        Object.entries(attributes).map(([type, values]) => new Attribute({ type, values: [...values] })),
      )
  })
  return {
    ...{ plain, secure },
    set: (dn, type, values) =>
      administer((client) =>
        client.modify(
          dn,
          new Change({ operation: 'replace', modification: new Attribute({ type, values: [...values] }) }),
        ),
      ),
    remove: (dn) => administer((client) => client.del(dn)),
    async stop() {
      child.kill('SIGINT')
      if (child.exitCode === null) await once(child, 'exit')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const configuration = (folder: string) => `
${['core', 'cosine', 'inetorgperson', 'nis'].map((name) => `include /etc/ldap/schema/${name}.schema`).join('\n')}
modulepath ${modules}
moduleload back_mdb.la
moduleload memberof.la
TLSCACertificateFile ${folder}/ca.pem
TLSCertificateFile ${folder}/cert.pem
TLSCertificateKeyFile ${folder}/key.pem
sizelimit 500
database mdb
suffix "${suffix}"
rootdn "${root}"
rootpw root
directory ${folder}/data
maxsize 16777216
overlay memberof
memberof-refint TRUE
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=reader,${suffix}" read by users read by * none
`

const tries = 20

/** Another program may take a port between looking and listening; then others are tried. */
async function start(folder: string): Promise<{ child: ChildProcess; plain: string; secure: string }> {
  for (let turn = 0; turn < tries; turn++) {
    const port = randomInt(20_000, 31_000)
    const plain = `ldap://127.0.0.1:${port}`
    const secure = `ldaps://127.0.0.1:${port + 1}`
    const args = ['-f', join(folder, 'slapd.conf'), '-h', `${plain} ${secure}`, '-d', '0']
    const child = spawn(program, args, { stdio: 'ignore' })
    if (await opens(child, port)) return { child, plain, secure }
  }
  const { stderr } = spawnSync(program, ['-T', 'test', '-f', join(folder, 'slapd.conf')])
  throw new Error(`slapd does not start: ${stderr}`)
}

async function opens(child: ChildProcess, port: number): Promise<boolean> {
  while (child.exitCode === null) {
    const socket = connect({ port, host: '127.0.0.1' })
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(
        () => false,
        () => false,
      ),
    ]).catch(() => false)
    socket.destroy()
    if (isOpen) return child.exitCode === null
    await pause(20)
  }
  return false
}
