/** Every setting of the platform: one typed record, read once from the environment and nowhere else. */

import { invalid } from '@xinglin/fhir'
import {
  address,
  clientPair,
  folders,
  networks,
  oneOf,
  port,
  type Setting,
  someOf,
  text,
  timeZone,
  url,
  urls,
  wholeNumber,
} from './settings-kinds.ts'

/** The settings in the order in which the documentation shows them. */
export const settings = {
  httpPort: port('XINGLIN_HTTP_PORT', 8080, 'Pages, `/api`, FHIR at `/fhir/R4`, DICOMweb at `/dicom-web`.'),
  hl7Port: port('XINGLIN_HL7_PORT', 2575, 'HL7 v2 over MLLP.'),
  dicomPort: port('XINGLIN_DICOM_PORT', 11112, 'DICOM (C-ECHO, C-STORE).'),
  bind: address('XINGLIN_BIND', '127.0.0.1', 'The interface on which all three doors listen.'),
  dataDir: text('XINGLIN_DATA_DIR', {
    fallback: '.xinglin',
    allowed: 'folder; relative to where the platform is started',
    description: 'Embedded PostgreSQL, local objects and the state of the demonstration live here.',
  }),
  interfacesDir: text('XINGLIN_INTERFACES_DIR', {
    allowed: 'folder; empty: `interfaces` in the data folder',
    description:
      'Interfaces between systems, a TypeScript file each (docs/interfaces.md); followed while it changes.',
  }),
  fileRoots: folders('XINGLIN_FILE_ROOTS', {
    allowed: 'absolute folders with commas between; empty: `exchange` in the data folder',
    description:
      'Interfaces read and write files below these folders and nowhere else; a relative one lies in the first.',
  }),
  interfaceSecretsDir: text('XINGLIN_INTERFACE_SECRETS_DIR', {
    allowed: 'folder; empty: `interface-secrets` in the data folder',
    description:
      'Passwords and keys that interfaces name, a file each: only the account of the platform may read it.',
  }),
  databaseUrl: url('XINGLIN_DATABASE_URL', ['postgres', 'postgresql'], {
    allowed: 'postgresql://user:password@host:port/database; empty starts the embedded PostgreSQL',
    description: 'An external PostgreSQL (15 or later) instead of the embedded one.',
    isSecret: true,
  }),
  databaseReadUrls: urls('XINGLIN_DATABASE_READ_URLS', ['postgres', 'postgresql'], {
    allowed: 'URLs like that of XINGLIN_DATABASE_URL with commas between; needs XINGLIN_DATABASE_URL',
    description:
      'Hot standbys that stream from that PostgreSQL: they answer reads and searches, never with less than was committed before.',
    isSecret: true,
  }),
  databaseConnections: wholeNumber(
    'XINGLIN_DATABASE_CONNECTIONS',
    { from: 2, to: 200, fallback: 10 },
    {
      description: 'Connections that this process opens at most to PostgreSQL, and to each of its standbys.',
      unit: 'connections',
    },
  ),
  objectsUrl: url('XINGLIN_OBJECTS_URL', ['file', 's3'], {
    allowed:
      'file:///absolute/folder or s3://bucket/prefix?endpoint=https://host&region=name; empty: `objects` in the data folder',
    description: 'Where images, documents and other big bytes are kept.',
  }),
  objectsKey: text('XINGLIN_OBJECTS_KEY', {
    allowed: 'access key id; empty: the ways of the AWS SDK (instance role, environment)',
    description: 'Access key of an `s3:` store.',
    isSecret: true,
  }),
  objectsSecret: text('XINGLIN_OBJECTS_SECRET', {
    allowed: 'secret access key; needed with XINGLIN_OBJECTS_KEY',
    description: 'Secret of an `s3:` store.',
    isSecret: true,
  }),
  demo: oneOf('XINGLIN_DEMO', ['on', 'off'], {
    fallback: 'on',
    description:
      'Whether the first start fills the record with the demonstration hospital (about 200 invented patients).',
  }),
  adminPassword: text('XINGLIN_ADMIN_PASSWORD', {
    allowed: '8 to 128 characters; empty: a one-time password is printed at the first start',
    pattern: /^.{8,128}$/s,
    description: 'Password of the first administrator `admin`; read at the first start only.',
    isSecret: true,
  }),
  bootstrapClient: clientPair(
    'XINGLIN_BOOTSTRAP_CLIENT',
    'A machine client with scope `system/*.*`, made at the first start.',
  ),
  tlsCertificate: text('XINGLIN_TLS_CERTIFICATE', {
    allowed: 'PEM file: the certificate, then those between it and the authority; empty: no TLS',
    description: 'Doors speak TLS with it. Followed while it changes; `SIGHUP` reads it at once.',
  }),
  tlsKey: text('XINGLIN_TLS_KEY', {
    allowed: 'PEM file without a passphrase; needed with XINGLIN_TLS_CERTIFICATE',
    description: 'The private key of the certificate.',
  }),
  tlsDoors: someOf('XINGLIN_TLS_DOORS', ['http', 'hl7', 'dicom'], {
    fallback: 'http,hl7,dicom',
    description: 'Doors that speak TLS where a certificate is set.',
  }),
  tlsClientAuthorities: text('XINGLIN_TLS_CLIENT_AUTHORITIES', {
    allowed: 'PEM file of authorities; needed with XINGLIN_TLS_CLIENT_DOORS',
    description: 'Who certifies the clients of doors with mutual TLS.',
  }),
  tlsClientDoors: someOf('XINGLIN_TLS_CLIENT_DOORS', ['http', 'hl7', 'dicom'], {
    fallback: '',
    description: 'Doors that let in clients with a certificate of these authorities alone (mutual TLS).',
  }),
  cryptoSuite: oneOf('XINGLIN_CRYPTO_SUITE', ['international', 'guomi'], {
    fallback: 'international',
    description:
      'What seals and signs: AES-256-GCM, SHA-256 and ECDSA P-256; or 国密 SM4, SM3 and SM2. What the other sealed still opens.',
  }),
  sealObjects: oneOf('XINGLIN_SEAL_OBJECTS', ['on', 'off'], {
    fallback: 'off',
    description:
      'Whether images, documents, exports and uploads are encrypted where they are stored. What was stored before stays as it is and is read either way.',
  }),
  signDocuments: oneOf('XINGLIN_SIGN_DOCUMENTS', ['on', 'off'], {
    fallback: 'off',
    description:
      'Whether the platform signs each final Composition and DocumentReference: a Provenance with the signature of its stored bytes.',
  }),
  timeStampUrl: url('XINGLIN_TIME_STAMP_URL', ['http', 'https'], {
    allowed: 'address of an RFC 3161 service; needs XINGLIN_TIME_STAMP_AUTHORITIES; empty: no time stamps',
    description: 'Stamps the signatures of documents.',
  }),
  timeStampAuthorities: text('XINGLIN_TIME_STAMP_AUTHORITIES', {
    allowed: 'PEM file of authorities; needed with XINGLIN_TIME_STAMP_URL',
    description: 'Who certifies the time-stamp service.',
  }),
  masterKey: text('XINGLIN_MASTER_KEY', {
    allowed: '32 bytes in hex or base64; empty: the program or the file',
    description: 'The master key that wraps all other keys.',
    isSecret: true,
  }),
  masterKeyCommand: text('XINGLIN_MASTER_KEY_COMMAND', {
    allowed: 'path of a program, called with `wrap` or `unwrap`, base64 in and out; empty: the file',
    description: 'Keeps the master key in a key service.',
  }),
  masterKeyToken: text('XINGLIN_MASTER_KEY_TOKEN', {
    allowed: '`pkcs11:token=…;id=%01?module-path=/…` (RFC 7512), an AES-256 key; empty: the file',
    description: 'Keeps the master key in a PKCS#11 token, reached by `pkcs11-tool` of OpenSC.',
  }),
  masterKeyPin: text('XINGLIN_MASTER_KEY_PIN', {
    allowed: 'text',
    description: 'The PIN of the token.',
    isSecret: true,
  }),
  masterKeyFile: text('XINGLIN_MASTER_KEY_FILE', {
    allowed: 'path; empty: `keys/master.key` in the data folder, made at the first start',
    description: 'File of the master key. Keep a copy elsewhere: without it nothing that was sealed opens.',
  }),
  previousMasterKey: text('XINGLIN_PREVIOUS_MASTER_KEY', {
    allowed: '32 bytes in hex or base64',
    description: 'The master key before, for the one start that changes it.',
    isSecret: true,
  }),
  timeZone: timeZone(
    'XINGLIN_TIME_ZONE',
    'Asia/Shanghai',
    'The zone in which the hospital reads its clocks.',
  ),
  dicomTitle: text('XINGLIN_DICOM_TITLE', {
    fallback: 'XINGLIN',
    allowed: '1 to 16 of A-Z, 0-9, space and _ . -',
    pattern: /^[A-Z0-9 _.-]{1,16}$/,
    description: 'Application entity title under which modalities call the platform.',
  }),
  logLevel: oneOf('XINGLIN_LOG_LEVEL', ['debug', 'info', 'warn', 'error'], {
    fallback: 'info',
    description: 'The least serious lines that are still written.',
  }),
  actorRate: wholeNumber(
    'XINGLIN_ACTOR_RATE',
    { from: 1, to: 1_000_000, fallback: 20_000 },
    { unit: 'requests/s', description: 'Requests of one signed-in person or machine client, on average.' },
  ),
  anonymousRate: wholeNumber(
    'XINGLIN_ANONYMOUS_RATE',
    { from: 1, to: 1_000_000, fallback: 50 },
    { unit: 'requests/s', description: 'Requests without credentials from one address, on average.' },
  ),
  signInRate: wholeNumber(
    'XINGLIN_SIGN_IN_RATE',
    { from: 1, to: 100_000, fallback: 60 },
    { unit: 'attempts/min', description: 'Sign-ins and token requests from one address.' },
  ),
  bodyLimit: wholeNumber(
    'XINGLIN_BODY_LIMIT',
    { from: 1, to: 1024, fallback: 64 },
    { unit: 'MiB', description: 'Largest JSON body, for example a transaction bundle.' },
  ),
  sessionIdle: wholeNumber(
    'XINGLIN_SESSION_IDLE',
    { from: 1, to: 1440, fallback: 15 },
    { unit: 'min', description: 'A session without any request for this long has ended.' },
  ),
  glassHours: wholeNumber(
    'XINGLIN_GLASS_HOURS',
    { from: 1, to: 24, fallback: 4 },
    {
      unit: 'h',
      description: 'A refused record that was opened in an emergency closes again after this long.',
    },
  ),
  glassReviewHours: wholeNumber(
    'XINGLIN_GLASS_REVIEW_HOURS',
    { from: 1, to: 168, fallback: 24 },
    {
      unit: 'h',
      description: 'Within this time another judges whether a refused record was rightly opened.',
    },
  ),
  sessionsAtOnce: wholeNumber(
    'XINGLIN_SESSIONS',
    { from: 1, to: 100, fallback: 5 },
    { unit: 'sessions', description: 'Sessions that a person has at once; a further one ends the oldest.' },
  ),
  lockAfter: wholeNumber(
    'XINGLIN_LOCK_AFTER',
    { from: 1, to: 100, fallback: 5 },
    { unit: 'failures', description: 'Wrong passwords after which a login is locked.' },
  ),
  lockMinutes: wholeNumber(
    'XINGLIN_LOCK_MINUTES',
    { from: 1, to: 1440, fallback: 15 },
    { unit: 'min', description: 'How long a login stays locked.' },
  ),
  passwordDays: wholeNumber(
    'XINGLIN_PASSWORD_DAYS',
    { from: 0, to: 3650, fallback: 90 },
    {
      unit: 'days',
      description: 'A password older than this must be changed at the next sign-in; 0: never.',
    },
  ),
  secondFactor: oneOf('XINGLIN_SECOND_FACTOR', ['optional', 'administrators', 'everyone'], {
    fallback: '',
    allowed:
      'optional, administrators, everyone; empty: administrators, and nobody in a demonstration that no other machine reaches',
    description:
      'Who must have a second factor (authenticator app or passkey): whoever has none adds one after signing in, before anything else.',
  }),
  auditHash: oneOf('XINGLIN_AUDIT_HASH', ['sha256', 'sm3'], {
    fallback: 'sha256',
    description:
      'The hash by which entries of the audit trail are chained from now on; seals before stay as they are.',
  }),
  auditMonths: wholeNumber(
    'XINGLIN_AUDIT_MONTHS',
    { from: 6, to: 1_200, fallback: 36 },
    {
      unit: 'months',
      description: 'Entries of the audit trail are kept so long at least; then a month may be dropped.',
    },
  ),
  auditSyslog: url('XINGLIN_AUDIT_SYSLOG', ['tls'], {
    allowed: 'tls://host:port, usually port 6514; empty: nowhere',
    description: 'A SIEM that takes the audit trail as syslog over TLS (RFC 5425, IHE ATNA).',
  }),
  auditSyslogAuthorities: text('XINGLIN_AUDIT_SYSLOG_AUTHORITIES', {
    allowed: "PEM file; empty: Node's own authorities",
    description:
      'Authorities of the certificate of that SIEM. It is shown XINGLIN_TLS_CERTIFICATE where that is set.',
  }),
  eventsUrls: urls('XINGLIN_EVENTS_URL', ['nats', 'tls'], {
    allowed:
      'nats://user:password@host:port or tls://… of each server of one cluster, with commas between; empty: nowhere',
    description:
      'NATS with JetStream to which the ordered log is published for other systems (docs/nats.md).',
    isSecret: true,
  }),
  eventsStream: text('XINGLIN_EVENTS_STREAM', {
    fallback: 'XINGLIN',
    allowed: 'letters, digits and _; in small letters it begins each subject',
    pattern: /^[A-Za-z0-9_]{1,32}$/,
    description: 'The stream there; it is made where it is missing, and else left as its operators set it.',
  }),
  eventsReplicas: wholeNumber(
    'XINGLIN_EVENTS_REPLICAS',
    { from: 1, to: 5, fallback: 1 },
    {
      unit: 'copies',
      description: 'Copies of each message in the cluster, where the platform makes the stream.',
    },
  ),
  eventsAuthorities: text('XINGLIN_EVENTS_AUTHORITIES', {
    allowed: "PEM file; empty: Node's own authorities",
    description: 'Authorities of the certificates of those servers (`tls://`).',
  }),
  eventsCredentials: text('XINGLIN_EVENTS_CREDENTIALS', {
    allowed: 'NATS credentials file (JWT and seed); empty: login and password of XINGLIN_EVENTS_URL, or none',
    description: 'How the platform shows itself to NATS.',
  }),
  trustedProxies: networks(
    'XINGLIN_TRUSTED_PROXIES',
    'Reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.',
  ),
  publicUrl: url('XINGLIN_PUBLIC_URL', ['http', 'https'], {
    allowed:
      'https://host, without a path below which the platform lies; empty: the interface and port of HTTP',
    description:
      'Address under which people, apps and receivers of notifications reach the platform: issuer of what apps get, and base of what receivers are sent.',
  }),
  textsUrl: url('XINGLIN_TEXTS_URL', ['http', 'https'], {
    allowed:
      'address that takes `POST { id, to, text }` and answers 2xx; empty: no texts, and no accounts of patients',
    description: 'The provider of text messages, by which patients get their codes.',
  }),
  textsToken: text('XINGLIN_TEXTS_TOKEN', {
    allowed: 'bearer token; empty: none',
    description: 'What is shown to that provider.',
    isSecret: true,
  }),
  textsPerHour: wholeNumber(
    'XINGLIN_TEXTS_PER_HOUR',
    { from: 1, to: 1_000_000, fallback: 2_000 },
    { unit: 'texts/h', description: 'Codes that are sent to phones of patients within an hour, in all.' },
  ),
  guardianAge: wholeNumber(
    'XINGLIN_GUARDIAN_AGE',
    { from: 1, to: 25, fallback: 18 },
    { unit: 'years', description: 'Until this age of a child its parents see its chart in "My record".' },
  ),
  subscriptionNetworks: networks(
    'XINGLIN_SUBSCRIPTION_NETWORKS',
    'Networks of the house to which notifications may be sent and from which keys of apps may be fetched, there also by http; public addresses by https always may.',
  ),
  signInNetworks: networks(
    'XINGLIN_SIGN_IN_NETWORKS',
    'Networks of the house in which systems that sign people in (OpenID providers, directories) are reached, there also without TLS; public addresses with TLS always are.',
  ),
  importOrigins: urls('XINGLIN_IMPORT_ORIGINS', ['http', 'https'], {
    allowed:
      'origins such as https://files.example.org or http://10.0.0.5:8000 with commas between; empty: none',
    description:
      'Where `$import` may fetch its inputs; files that were sent to the platform always may be imported.',
  }),
  subscriptionAttempts: wholeNumber(
    'XINGLIN_SUBSCRIPTION_ATTEMPTS',
    { from: 1, to: 100, fallback: 15 },
    {
      unit: 'attempts',
      description:
        'Deliveries of one subscription that may fail in a row, the pauses doubling from 1 s to 10 min, before it goes to error.',
    },
  ),
} as const

type Settings = typeof settings
/** Values by key; what has neither a value nor a default is undefined. */
export type Config = {
  readonly [Key in keyof Settings]: Settings[Key] extends Setting<infer Value> ? Value | undefined : never
} & { readonly [Key in Defaulted]: Settings[Key] extends Setting<infer Value> ? Value : never }

type Defaulted =
  | 'httpPort'
  | 'hl7Port'
  | 'dicomPort'
  | 'bind'
  | 'dataDir'
  | 'eventsStream'
  | 'eventsReplicas'
  | 'databaseConnections'
  | 'demo'
  | 'cryptoSuite'
  | 'sealObjects'
  | 'signDocuments'
  | 'tlsDoors'
  | 'timeZone'
  | 'dicomTitle'
  | 'logLevel'
  | 'actorRate'
  | 'anonymousRate'
  | 'signInRate'
  | 'bodyLimit'
  | 'sessionIdle'
  | 'sessionsAtOnce'
  | 'lockAfter'
  | 'lockMinutes'
  | 'passwordDays'
  | 'glassHours'
  | 'glassReviewHours'
  | 'textsPerHour'
  | 'guardianAge'
  | 'subscriptionAttempts'
  | 'auditHash'
  | 'auditMonths'

type Environment = Readonly<Record<string, string | undefined>>

// Read by tools and tests that run beside the platform.
const namesOfOthers = new Set(['XINGLIN_SERVER', 'XINGLIN_SIMULATOR_CLIENT', 'XINGLIN_TEST_DATABASE_URL'])

/** The settings in `environment`; throws `invalid` (`config.invalid`) with name, value and what is allowed. */
export function readConfig(environment: Environment = process.env): Config {
  const entries = Object.entries(settings).map(([key, setting]) => [key, valueIn(setting, environment)])
  const config = Object.fromEntries(entries) as Config
  if (config.objectsKey && !config.objectsSecret)
    throw invalid('XINGLIN_OBJECTS_KEY is set without XINGLIN_OBJECTS_SECRET; set both or neither', {
      code: 'config.invalid',
      at: 'XINGLIN_OBJECTS_SECRET',
    })
  if (config.databaseReadUrls && !config.databaseUrl)
    throw invalid(
      'XINGLIN_DATABASE_READ_URLS is set without XINGLIN_DATABASE_URL; the embedded PostgreSQL has no standbys',
      { code: 'config.invalid', at: 'XINGLIN_DATABASE_READ_URLS' },
    )
  refuseHalfPairs(config)
  return config
}

function refuseHalfPairs({
  tlsCertificate,
  tlsKey,
  tlsClientAuthorities,
  tlsClientDoors,
  timeStampUrl,
  timeStampAuthorities,
}: Config): void {
  const pairs = [
    [timeStampUrl, timeStampAuthorities, 'XINGLIN_TIME_STAMP_URL and XINGLIN_TIME_STAMP_AUTHORITIES'],
    [tlsCertificate, tlsKey, 'XINGLIN_TLS_CERTIFICATE and XINGLIN_TLS_KEY'],
    [tlsClientAuthorities, tlsClientDoors, 'XINGLIN_TLS_CLIENT_AUTHORITIES and XINGLIN_TLS_CLIENT_DOORS'],
  ] as const
  for (const [one, other, names] of pairs)
    if (!one !== !other)
      throw invalid(`${names} need one another; set both or neither`, { code: 'config.invalid', at: names })
  if (tlsClientDoors && !tlsCertificate)
    throw invalid('XINGLIN_TLS_CLIENT_DOORS needs XINGLIN_TLS_CERTIFICATE', {
      ...{ code: 'config.invalid', at: 'XINGLIN_TLS_CLIENT_DOORS' },
    })
}

function valueIn(setting: Setting<unknown>, environment: Environment): unknown {
  const given = environment[setting.name]?.trim() || setting.fallback
  if (given === '') return undefined
  const value = setting.parse(given)
  if (value !== undefined) return value
  const shown = setting.isSecret ? 'given (not shown here)' : `'${given}'`
  throw invalid(`${setting.name} is ${shown}, which is not allowed; allowed: ${setting.allowed}`, {
    code: 'config.invalid',
    at: setting.name,
  })
}

/** Names that begin with XINGLIN_ but are no setting: most likely misspelt. */
export function unknownNames(environment: Environment = process.env): readonly string[] {
  const known = new Set<string>(Object.values(settings).map((setting) => setting.name))
  return Object.keys(environment).filter(
    (name) => name.startsWith('XINGLIN_') && !known.has(name) && !namesOfOthers.has(name),
  )
}

/** The settings that may be shown, by their names in the environment. */
export function shownValues(config: Config): Readonly<Record<string, unknown>> {
  const entries = Object.entries(settings) as [keyof Settings, Setting<unknown>][]
  return Object.fromEntries(
    entries.filter(([, { isSecret }]) => !isSecret).map(([key, { name }]) => [name, config[key]]),
  )
}

/** The settings by their names in the environment, for what apps declare in `config`. */
export function namedValues(config: Config): Readonly<Record<string, unknown>> {
  const entries = Object.entries(settings) as [keyof Settings, Setting<unknown>][]
  return Object.fromEntries(entries.map(([key, setting]) => [setting.name, config[key]]))
}
