/** A certification authority of a test, by the openssl command line: certificates of servers and clients in a folder. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Certified = { readonly certificate: string; readonly key: string }
export type Authority = {
  readonly folder: string
  /** PEM file of the authority. */
  readonly authority: string
  /** Key and certificate for 127.0.0.1 and localhost; `name` is also the common name. */
  certify(
    name: string,
    options?: { readonly days?: number; readonly extensions?: readonly string[] },
  ): Certified
  remove(): void
}

/** Makes the authority and its folder. */
export function makeAuthority(name = 'Test authority'): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'xinglin-ca-'))
  const run = (...args: readonly string[]) =>
    void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const ecKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  run('req', '-x509', ...ecKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', `/CN=${name}`)
  return {
    folder,
    authority: join(folder, 'ca.pem'),
    certify(subject, { days = 2, extensions = [] } = {}) {
      const named = ['-subj', `/CN=${subject}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
      const more = extensions.flatMap((extension) => ['-addext', extension])
      const [key, request, certificate] = [`${subject}.key`, `${subject}.csr`, `${subject}.pem`]
      run('req', ...ecKey, '-keyout', key, '-out', request, ...named, ...more)
      run(
        ...['x509', '-req', '-in', request, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
        ...['-copy_extensions', 'copy', '-days', String(days), '-out', certificate],
      )
      return { certificate: join(folder, certificate), key: join(folder, key) }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
