/** A house authority of a test and a certificate of it for 127.0.0.1, by the openssl command line. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Certificate = { readonly authority: string; readonly certificate: string; readonly key: string }

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

export async function makeCertificate(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'xinglin-certificate-'))
  const run = (...args: string[]) => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  try {
    await writeFile(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1')
    run('req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=House')
    run('req', ...curve, '-keyout', 'key.pem', '-out', 'request', '-subj', '/CN=directory')
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names']
    run('x509', '-req', '-in', 'request', ...signing, '-out', 'cert.pem', '-days', '2')
    const read = (name: string) => readFile(join(folder, name), 'utf8')
    return {
      authority: await read('ca.pem'),
      certificate: await read('cert.pem'),
      key: await read('key.pem'),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
