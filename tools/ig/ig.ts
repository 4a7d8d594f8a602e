/**
 * Implementation guides of a running platform, through its HTTP door:
 *
 *   npm run ig -- add <file.tgz>…              npm run ig -- list
 *   npm run ig -- remove <name> <version>      npm run ig -- require <profile>
 *   npm run ig -- release <profile>            npm run ig -- unknown warn|refuse
 *
 * Signs in as a machine client with the scope `xinglin/guides.*` (XINGLIN_IG_CLIENT=id:secret or --client-file), or with
 * --login as a person whose password is XINGLIN_IG_PASSWORD. An addition that was broken off is repeated and goes on.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createProgress, readCredentials } from '@xinglin/client'
import { perform, usage } from './commands.ts'
import { createGuideClient, signInAsClient, signInAsPerson } from './guide-client.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    http: { type: 'string', default: 'http://127.0.0.1:8080' },
    'data-dir': { type: 'string', default: process.env.XINGLIN_DATA_DIR ?? '.xinglin' },
    /** JSON file with `id` and `secret`. */
    'client-file': { type: 'string' },
    login: { type: 'string' },
  },
})

const [command = '', ...words] = positionals
const problem = usage(command, words)
if (problem !== undefined) {
  console.error(problem)
  process.exit(2)
}

const authorise = values.login === undefined ? await asClient() : await asPerson(values.login)
const progress = createProgress(process.stdout, process.stdout.isTTY ? 'terminal' : 'json')
const client = createGuideClient({ baseUrl: values.http, authorise })
const { lines, isDone } = await perform({ client, progress }, command, words)
for (const line of lines) console.log(line)
process.exitCode = isDone ? 0 : 1

async function asClient() {
  const credentials = await readCredentials({
    idAndSecret: process.env.XINGLIN_IG_CLIENT,
    file: values['client-file'] ?? join(values['data-dir'], 'ig-client.json'),
  })
  return signInAsClient(values.http, credentials)
}

function asPerson(login: string) {
  return signInAsPerson(values.http, { login, password: process.env.XINGLIN_IG_PASSWORD ?? '' })
}
