/** The same patient told to the platform by software of others: node-hl7-client, fhir-kit-client and dcmtk's storescu. */
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Platform } from '@xinglin/client'
import { writeMetaHeader } from '@xinglin/dicom'
import { Client as FhirClient } from 'fhir-kit-client'
import { Client, Message } from 'node-hl7-client'
import { ctStorage, slice } from '../drills/traffic.ts'

const run = promisify(execFile)
const explicitLittleEndian = '1.2.840.10008.1.2.1'

/** Sends one message with node-hl7-client; answers its MSA-1. */
export async function sendHl7(platform: Platform, segments: readonly string[]): Promise<string> {
  const client = new Client({ host: '127.0.0.1', version: '2.5.1' })
  const answer = Promise.withResolvers<string>()
  const connection = client.createConnection(
    { port: platform.ports.hl7, version: '2.5.1' },
    async (response) => {
      answer.resolve(String(response.getMessage().get('MSA.1')))
    },
  )
  connection.on('error', answer.reject)
  await connection.sendMessage(new Message({ text: segments.join('\r') }))
  const code = await answer.promise
  await connection.close()
  return code
}

/** Posts a transaction with fhir-kit-client as the platform's machine client; answers the number of entries that came back. */
export async function sendTransaction(platform: Platform, token: string, bundle: object): Promise<number> {
  const client = new FhirClient({ baseUrl: `${platform.baseUrl}/fhir/R4`, bearerToken: token })
  const answer = await client.transaction({
    body: { ...bundle, resourceType: 'Bundle', type: 'transaction' },
  })
  return Array.isArray(answer.entry) ? answer.entry.length : 0
}

/** Whether dcmtk's storescu can be called here. */
export function hasStorescu(): Promise<boolean> {
  return run('storescu', ['--version']).then(
    () => true,
    () => false,
  )
}

/** Writes `count` slices of the patient as Part 10 files and stores them with storescu. Throws where it reports a failure. */
export async function storeSeries(
  platform: Platform,
  folder: string,
  count: number,
  patientId: string,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (let index = 0; index < count; index++) {
    const { sopInstanceUid, dataset } = slice(index, patientId)
    const meta = writeMetaHeader({
      sopClassUid: ctStorage,
      sopInstanceUid,
      transferSyntaxUid: explicitLittleEndian,
    })
    await writeFile(join(folder, `${index}.dcm`), Buffer.concat([meta, dataset]))
  }
  const port = String(platform.ports.dicom)
  await run('storescu', ['-aec', 'XINGLIN', '+sd', '127.0.0.1', port, folder], {
    env: { ...process.env, TCP_NODELAY: '1' },
  })
}
