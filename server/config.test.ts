/** The contract with operators: names, defaults, and refusals that say what is allowed. */

import { deepEqual, equal, throws } from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { OutcomeError } from '@xinglin/fhir'
import { readConfig, unknownNames } from './config.ts'
import { configurationPage, pageUrl } from './config-page.ts'

test('without any setting every default stands', () => {
  deepEqual(readConfig({}), {
    httpPort: 8080,
    hl7Port: 2575,
    dicomPort: 11112,
    bind: '127.0.0.1',
    dataDir: '.xinglin',
    interfacesDir: undefined,
    fileRoots: undefined,
    interfaceSecretsDir: undefined,
    databaseUrl: undefined,
    databaseReadUrls: undefined,
    databaseConnections: 10,
    objectsUrl: undefined,
    objectsKey: undefined,
    objectsSecret: undefined,
    demo: 'on',
    adminPassword: undefined,
    bootstrapClient: undefined,
    tlsCertificate: undefined,
    tlsKey: undefined,
    tlsDoors: ['http', 'hl7', 'dicom'],
    tlsClientAuthorities: undefined,
    tlsClientDoors: undefined,
    cryptoSuite: 'international',
    sealObjects: 'off',
    signDocuments: 'off',
    timeStampUrl: undefined,
    timeStampAuthorities: undefined,
    masterKey: undefined,
    masterKeyCommand: undefined,
    masterKeyToken: undefined,
    masterKeyPin: undefined,
    masterKeyFile: undefined,
    previousMasterKey: undefined,
    timeZone: 'Asia/Shanghai',
    dicomTitle: 'XINGLIN',
    logLevel: 'info',
    actorRate: 20_000,
    anonymousRate: 50,
    signInRate: 60,
    bodyLimit: 64,
    sessionIdle: 15,
    sessionsAtOnce: 5,
    lockAfter: 5,
    lockMinutes: 15,
    passwordDays: 90,
    glassHours: 4,
    glassReviewHours: 24,
    textsUrl: undefined,
    textsToken: undefined,
    textsPerHour: 2000,
    guardianAge: 18,
    secondFactor: undefined,
    auditHash: 'sha256',
    auditMonths: 36,
    auditSyslog: undefined,
    auditSyslogAuthorities: undefined,
    eventsUrls: undefined,
    eventsStream: 'XINGLIN',
    eventsReplicas: 1,
    eventsAuthorities: undefined,
    eventsCredentials: undefined,
    trustedProxies: undefined,
    publicUrl: undefined,
    subscriptionNetworks: undefined,
    signInNetworks: undefined,
    importOrigins: undefined,
    subscriptionAttempts: 15,
  })
})

const refusals = [
  [
    { XINGLIN_HTTP_PORT: '80800' },
    "XINGLIN_HTTP_PORT is '80800', which is not allowed; allowed: 0 to 65535; 0 takes a free port",
  ],
  [
    { XINGLIN_DATABASE_READ_URLS: 'postgresql://reader:secret@standby/xinglin' },
    'XINGLIN_DATABASE_READ_URLS is set without XINGLIN_DATABASE_URL; the embedded PostgreSQL has no standbys',
  ],
  [
    {
      XINGLIN_DATABASE_URL: 'postgresql://primary/xinglin',
      XINGLIN_DATABASE_READ_URLS: 'postgresql://standby/xinglin,standby-2',
    },
    'XINGLIN_DATABASE_READ_URLS is given (not shown here), which is not allowed; allowed: URLs like that of XINGLIN_DATABASE_URL with commas between; needs XINGLIN_DATABASE_URL',
  ],
  [{ XINGLIN_DEMO: 'yes' }, "XINGLIN_DEMO is 'yes', which is not allowed; allowed: on, off"],
  [
    { XINGLIN_TIME_ZONE: 'Mars/Olympus' },
    "XINGLIN_TIME_ZONE is 'Mars/Olympus', which is not allowed; allowed: IANA time zone such as Asia/Shanghai",
  ],
  [
    { XINGLIN_BIND: 'eth0' },
    "XINGLIN_BIND is 'eth0', which is not allowed; allowed: IPv4 or IPv6 address; 0.0.0.0 or :: for every interface",
  ],
  [
    { XINGLIN_BOOTSTRAP_CLIENT: 'no-colon' },
    'XINGLIN_BOOTSTRAP_CLIENT is given (not shown here), which is not allowed; allowed: id:secret; the id of letters, digits, . _ -; a secret under 16 characters is warned of',
  ],
  [
    { XINGLIN_OBJECTS_KEY: 'key' },
    'XINGLIN_OBJECTS_KEY is set without XINGLIN_OBJECTS_SECRET; set both or neither',
  ],
] as const

for (const [environment, sentence] of refusals) {
  test(`a wrong ${Object.keys(environment)[0]} is refused by name, value and what is allowed`, () => {
    throws(
      () => readConfig(environment),
      (error: unknown) => {
        equal(error instanceof OutcomeError && error.message, sentence)
        return true
      },
    )
  })
}

test('a misspelt name is told, names of tools are not', () => {
  const environment = {
    XINGLIN_HTP_PORT: '1',
    XINGLIN_HTTP_PORT: '1',
    XINGLIN_SIMULATOR_CLIENT: 'a:b',
    PATH: '',
  }

  deepEqual(unknownNames(environment), ['XINGLIN_HTP_PORT'])
})

test('the page on configuration says what the settings say', async () => {
  equal(await readFile(pageUrl, 'utf8'), configurationPage())
})
