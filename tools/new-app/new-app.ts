/**
 * `npm run new-app -- bed-board` writes apps/bed-board: a room with one working command, reaction, query, route, screen and
 * test, and puts it into the list of the server.
 */
import { join } from 'node:path'
import { errorRows, isAppName, listApp, writeApp } from './write-app.ts'

const [name = ''] = process.argv.slice(2)
if (!isAppName(name)) {
  console.error('Name the app in lower case with hyphens, 2 to 40 characters: npm run new-app -- bed-board')
  process.exit(2)
}

const root = join(import.meta.dirname, '..', '..')
const files = await writeApp(root, name)
await listApp(root, name)
await errorRows(root, name)
console.log(
  `${files.map((file) => `  ${file}`).join('\n')}\n\nNow: npm install, then npm start, and open /${name}.`,
)
