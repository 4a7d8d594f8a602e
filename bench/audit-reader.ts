/** Reads one address so many times over few connections, for `audit.ts`: a process of its own, so that its time is not counted. */
import { Agent, get } from 'node:http'

const [url = '', authorization = '', reads = '0', connections = '1'] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) })

const read = () =>
  new Promise<void>((resolve, reject) => {
    get(url, { agent, headers: { authorization } }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`answered ${answer.statusCode}`))
      answer.resume().once('end', resolve)
    }).once('error', reject)
  })

await Promise.all(
  Array.from({ length: Number(connections) }, async () => {
    for (let done = 0; done < Number(reads) / Number(connections); done++) await read()
  }),
)
agent.destroy()
