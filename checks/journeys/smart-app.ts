/** A SMART app as somebody else would write it with `fhirclient`, served from another site than the platform. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after } from 'node:test'
import { root } from '../sources.ts'

const library = join(root, 'node_modules', 'fhirclient', 'build', 'fhir-client.min.js')

export type SmartApp = {
  /** `http://localhost:<port>`: another site than 127.0.0.1. */
  readonly origin: string
  readonly launchUrl: string
  readonly redirectUri: string
  /** Where a person starts the app by himself, for one FHIR server. */
  startUrl(iss: string): string
}

export const clientId = 'growth-chart'
export const scopes = {
  launched: 'launch openid fhirUser profile online_access patient/*.rs',
  standalone: 'launch/patient openid profile offline_access patient/Patient.rs patient/Observation.rs',
}

const pages: Readonly<Record<string, string>> = {
  '/launch.html': `FHIR.oauth2.authorize({ clientId: '${clientId}', scope: '${scopes.launched}', redirectUri: 'index.html' })`,
  '/start.html': `FHIR.oauth2.authorize({ clientId: '${clientId}', scope: '${scopes.standalone}', redirectUri: 'index.html',
    iss: new URLSearchParams(location.search).get('server') })`,
  '/index.html': `FHIR.oauth2.ready().then(async (client) => {
    const patient = await client.patient.read()
    const results = await client.request('Observation?_summary=count')
    const before = client.state.tokenResponse.access_token
    await client.refresh()
    const again = await client.patient.read()
    show({ id: patient.id, name: patient.name[0].text, results: results.total, encounter: client.encounter.id,
      idToken: client.getIdToken()?.name, isFresh: before !== client.state.tokenResponse.access_token && again.id === patient.id })
  }).catch((error) => show({ error: String(error) }))
  function show(seen) { document.querySelector('pre').textContent = JSON.stringify(seen) }`,
}

/** Serves the app until the tests of the file have ended. */
export async function startSmartApp(): Promise<SmartApp> {
  const script = await readFile(library)
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/fhir-client.js')
      return response.setHeader('content-type', 'text/javascript').end(script)
    const page = pages[pathname]
    if (page === undefined) return response.writeHead(404).end()
    response.setHeader('content-type', 'text/html; charset=utf-8')
    return response.end(
      `<!doctype html><title>Growth chart</title><pre></pre><script src="/fhir-client.js"></script><script>${page}</script>`,
    )
  })
  await new Promise<void>((settle) => server.listen(0, 'localhost', settle))
  after(() => server.close())
  const address = server.address()
  const origin = `http://localhost:${typeof address === 'object' && address ? address.port : 0}`
  return {
    origin,
    launchUrl: `${origin}/launch.html`,
    redirectUri: `${origin}/index.html`,
    startUrl: (iss) => `${origin}/start.html?server=${encodeURIComponent(iss)}`,
  }
}
