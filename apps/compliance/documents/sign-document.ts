/** Signs final documents after they were written: the log asks, a durable job signs, stamps and states it. */
import { readFile } from 'node:fs/promises'
import type { Kernel, Reaction } from '@xinglin/app'
import type { TenantId } from '@xinglin/events'
import { invalid } from '@xinglin/fhir'
import { createTimeStamper, type TimeStamper } from '@xinglin/keys'
import type { Version } from '@xinglin/records'
import {
  isFinal,
  isSignedType,
  provenanceId,
  type SignedType,
  sealProvenance,
  signedTypes,
  signingPurpose,
} from './signature.ts'

export const signTask = 'compliance.sign-document'

/** Asks for the signature of every version of a document, where the installation signs. */
export const onDocument: Reaction = {
  on: ['record.created', 'record.updated'],
  resourceTypes: signedTypes,
  from: 'now',
  react: async (entries, transaction, kernel) => {
    if (kernel.settings?.XINGLIN_SIGN_DOCUMENTS !== 'on') return
    for (const { tenant, resourceType: type, resourceId: id, version } of entries) {
      if (!isSignedType(type) || !id || !version) continue
      const payload = { tenant, type, id, version }
      await kernel.jobs.enqueue(transaction, {
        task: signTask,
        payload,
        key: `${signTask} ${tenant} ${type}/${id}/${version}`,
      })
    }
  },
}

type Asked = {
  readonly tenant: TenantId
  readonly type: SignedType
  readonly id: string
  readonly version: number
}

/** The payload of a job, as `onDocument` wrote it. */
export function askedOf({ tenant, type, id, version }: Readonly<Record<string, unknown>>): Asked {
  if (
    typeof tenant === 'number' &&
    isSignedType(type) &&
    typeof id === 'string' &&
    typeof version === 'number'
  )
    return { tenant: tenant as TenantId, type, id, version }
  throw invalid('the job names no version of a document', { code: 'compliance.document' })
}

/** Doing it twice changes nothing; where the time-stamp service is away the job is tried again. */
export async function signDocument(
  kernel: Kernel,
  { tenant, type, id, version: number }: Asked,
): Promise<void> {
  const records = kernel.identity.recordsFor(kernel.identity.systemActor('compliance', tenant))
  const version = await records.readVersion(type, id, number)
  if (!version || !isFinal(version) || (await records.read('Provenance', provenanceId(version)))) return
  const signature = await kernel.keys.sign(bytesOf(version), signingPurpose)
  const stamper = await timeStamperOf(kernel)
  const stamp = await stamper?.stamp(Buffer.from(signature.value, 'base64'))
  const seal = { ...signature, ...(stamp ? { timeStamp: stamp.token } : {}) }
  await records.commit((unit) =>
    unit.write([
      { kind: 'create', id: provenanceId(version), resource: sealProvenance(version, seal, unit.at) },
    ]),
  )
}

/** The bytes that are signed: the JSON as it is stored and answered. */
export function bytesOf({ json }: Version): Buffer {
  return Buffer.from(json, 'utf8')
}

/** Undefined where the installation names no time-stamp service. */
export async function timeStamperOf({ settings = {} }: Kernel): Promise<TimeStamper | undefined> {
  const { XINGLIN_TIME_STAMP_URL: url, XINGLIN_TIME_STAMP_AUTHORITIES: file } = settings
  if (typeof url !== 'string' || typeof file !== 'string') return undefined
  const pem = await readFile(file, 'utf8')
  const authorities = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return createTimeStamper({ url, authorities })
}
