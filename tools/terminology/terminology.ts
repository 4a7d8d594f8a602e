/**
 * Brings a big code system into a running platform, and waits until it is loaded:
 *
 *   npm run terminology -- import <file> --system <url> [--release <version>] [--name <name>] [--columns code=ID,display=Name]
 *   npm run terminology -- import <file>.json          a FHIR CodeSystem, which says its url itself
 *   npm run terminology -- list                        what was imported
 *   npm run terminology -- rebuild                     makes tables again that were lost
 *
 * Stopping this tool does not stop an import that has begun.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createProgress, readCredentials } from '@xinglin/client'
import { createImportClient, type ImportClient, type ImportState } from './import-client.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    http: { type: 'string', default: 'http://127.0.0.1:8080' },
    'data-dir': { type: 'string', default: process.env.XINGLIN_DATA_DIR ?? '.xinglin' },
    /** JSON file with `id` and `secret`; XINGLIN_IMPORT_CLIENT=id:secret comes before it. */
    'client-file': { type: 'string' },
    system: { type: 'string' },
    release: { type: 'string' },
    name: { type: 'string' },
    format: { type: 'string' },
    columns: { type: 'string' },
  },
})
const [verb, file] = positionals
const client = createImportClient(
  values.http,
  await readCredentials({
    idAndSecret: process.env.XINGLIN_IMPORT_CLIENT,
    file: values['client-file'] ?? join(values['data-dir'], 'simulator-client.json'),
  }),
)

if (verb === 'import' && file !== undefined) await importFile(client, file)
else if (verb === 'list') for (const state of await client.list()) console.log(describe(state))
else if (verb === 'rebuild') console.log(`${await client.rebuild()} imports were asked for again.`)
else {
  console.error('Say what to do: npm run terminology -- import <file> --system <url>, list or rebuild')
  process.exitCode = 2
}

async function importFile(imports: ImportClient, path: string): Promise<void> {
  const progress = createProgress(process.stdout, process.stdout.isTTY ? 'terminal' : 'json')
  const { system, release: version, name, columns } = values
  const format = values.format ?? (path.endsWith('.json') ? 'fhir' : 'csv')
  const begun = await imports.send(path, { system, version, name, columns, format })
  const ended = await imports.ended(begun.id, ({ bytesRead, fileBytes }) =>
    progress.show({ done: bytesRead, total: fileBytes, refused: 0 }),
  )
  progress.end()
  console.log(describe(ended))
  process.exitCode = ended.state === 'done' ? 0 : 1
}

function describe({ id, state, system = '', version, concepts, reason }: ImportState): string {
  const name = version === undefined ? system : `${system}|${version}`
  return `${id} ${state} ${name} ${concepts} concepts${reason === undefined ? '' : `: ${reason}`}`
}
