/**
 * Brings FHIR R4 files into a running platform through its FHIR door:
 *
 *   npm run import -- <folder or file…>      transaction, batch and collection bundles (.json), resources (.json), NDJSON (.ndjson)
 *
 * Resources keep their ids (update as create, R4 §3.1.0.4.1), so that sending something again changes nothing; what has
 * been taken is noted in a journal beside the data and skipped when the same import is started again.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createFhirClient, createProgress, readCredentials } from '@xinglin/client'
import { findFiles } from './find-files.ts'
import { openJournal } from './journal.ts'
import { type Refusal, sendAll } from './send.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    http: { type: 'string', default: 'http://127.0.0.1:8080' },
    'data-dir': { type: 'string', default: process.env.XINGLIN_DATA_DIR ?? '.xinglin' },
    /** JSON file with `id` and `secret`; XINGLIN_IMPORT_CLIENT=id:secret comes before it. */
    'client-file': { type: 'string' },
    workers: { type: 'string', default: '4' },
  },
})

if (positionals.length === 0) {
  console.error('Say which folder or files to import: npm run import -- <folder or file…>')
  process.exit(2)
}

const credentials = await readCredentials({
  idAndSecret: process.env.XINGLIN_IMPORT_CLIENT,
  file: values['client-file'] ?? join(values['data-dir'], 'simulator-client.json'),
})
const fhir = createFhirClient({
  baseUrl: values.http,
  clientId: credentials.id,
  clientSecret: credentials.secret,
})
const files = await findFiles(positionals)
const journal = await openJournal(join(values['data-dir'], 'import'), files)
const progress = createProgress(process.stdout, process.stdout.isTTY ? 'terminal' : 'json')
const { resources, refusals } = await sendAll({
  files,
  journal,
  fhir,
  progress,
  workers: Number(values.workers),
})
progress.end()
await journal.close()
report(refusals)
console.log(`${resources} resources of ${files.length} files are in the record.`)
process.exitCode = refusals.length > 0 ? 1 : 0

function report(refused: readonly Refusal[]): void {
  for (const { file, unit, reason } of refused)
    console.error(`${file} (part ${unit + 1}) was refused: ${reason}`)
}
