/**
 * TLS of the doors by BCP 195 (RFC 9325), which is also the profile of DICOM PS3.15 §B.12: TLS 1.2 and 1.3, forward secrecy
 * and authenticated encryption alone. Certificates come from files and are followed while they change.
 *
 * It does not ask revocation lists; short-lived certificates of one's own authority are the answer to that.
 */
import { createHash, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls'
import type { Instant } from '@xinglin/fhir'
import { instantOf, invalid } from '@xinglin/fhir'
import type { Logger } from '@xinglin/runtime'

export type CertificateFiles = {
  /** PEM: the certificate of the platform, then those between it and the authority. */
  readonly certificate: string
  /** PEM, without a passphrase. */
  readonly key: string
  /** PEM of the authorities whose clients may come where a door demands a certificate. */
  readonly clientAuthorities?: string | undefined
}

/** A server of node:tls or node:https. */
type Followed = {
  setSecureContext(options: SecureContextOptions): void
  on(event: 'tlsClientError', act: (error: NodeJS.ErrnoException) => void): unknown
}

/** How one door speaks TLS. */
export type DoorTls = {
  readonly options: TlsOptions
  /** The server takes every later certificate too; connections that stand are left alone. */
  follow(server: Followed): void
}

export type CertificateState = {
  readonly subject: string
  readonly notAfter: Instant
  /** SHA-256 of the certificate in hex. */
  readonly fingerprint: string
}

export interface Certificates {
  door(options: { readonly demandsClient: boolean }): DoorTls
  /** Reads the files anew; where they do not fit, says so in the log and keeps what is in use. */
  reload(): Promise<void>
  state(): CertificateState
  stop(): void
}

/** RFC 9325 §4.2: with TLS 1.3's own suites the only ones offered. */
const cipherSuites = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':')

/** A peer that has not finished its handshake by then only holds a connection. */
const handshakeTimeoutMs = 10_000
/** Renewals of certificates have days; three small files are read in under a millisecond. */
const lookEveryMs = 10_000

/** Reads the files; throws `invalid` (`keys.certificate`) where they are missing, do not fit one another or have expired. */
export async function openCertificates(
  files: CertificateFiles,
  { log, lookMs = lookEveryMs }: { readonly log: Logger; readonly lookMs?: number },
): Promise<Certificates> {
  const servers = new Set<Followed>()
  let current = await readContext(files)

  async function reload(): Promise<void> {
    try {
      const next = await readContext(files)
      if (sameContext(next, current)) return
      current = next
      for (const server of servers) server.setSecureContext(next)
      log.info('certificates reloaded', { fingerprint: stateOf(next).fingerprint })
    } catch (error) {
      log.error('certificates not reloaded', {
        reason: error instanceof Error ? error.message : typeof error,
      })
    }
  }

  const looking = setInterval(() => void reload(), lookMs)
  looking.unref()
  return {
    door: ({ demandsClient }) => ({
      options: {
        ...current,
        handshakeTimeout: handshakeTimeoutMs,
        requestCert: demandsClient,
        rejectUnauthorized: demandsClient,
      },
      follow(server) {
        servers.add(server)
        server.on('tlsClientError', (error) => log.info('tls handshake refused', { code: error.code }))
      },
    }),
    reload,
    state: () => stateOf(current),
    stop: () => clearInterval(looking),
  }
}

type Context = SecureContextOptions & { readonly cert: string; readonly key: string; readonly ca?: string }

async function readContext({ certificate, key, clientAuthorities }: CertificateFiles): Promise<Context> {
  const context = {
    cert: await readPem(certificate),
    key: await readPem(key),
    ...(clientAuthorities ? { ca: await readPem(clientAuthorities) } : {}),
    ciphers: cipherSuites,
    honorCipherOrder: true,
    minVersion: 'TLSv1.2',
  } as const
  refuseUnfit(context, certificate)
  return context
}

function refuseUnfit(context: Context, file: string): void {
  try {
    createSecureContext(context)
  } catch (cause) {
    throw invalid(`certificate and key do not fit one another or are no PEM: ${file}`, {
      ...{ code: 'keys.certificate', cause },
    })
  }
  const { notAfter } = stateOf(context)
  if (Date.parse(notAfter) < Date.now())
    throw invalid(`the certificate has expired: ${file}`, { code: 'keys.certificate' })
}

function readPem(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw invalid(`the file cannot be read: ${file}`, { code: 'keys.certificate', cause })
  })
}

function sameContext(one: Context, other: Context): boolean {
  return one.cert === other.cert && one.key === other.key && one.ca === other.ca
}

function stateOf({ cert }: Context): CertificateState {
  const certificate = new X509Certificate(cert)
  return {
    subject: certificate.subject,
    notAfter: instantOf(Date.parse(certificate.validTo), 'UTC'),
    fingerprint: createHash('sha256').update(certificate.raw).digest('hex'),
  }
}
