/** A real OpenID provider for tests: `oidc-provider` with people in groups, a sign-in page of its own, and both kinds of logout. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type Configuration, Provider } from 'oidc-provider'

export type Member = {
  /** What the provider never changes or gives again. */
  readonly subject: string
  readonly password: string
  readonly name: string
  readonly groups: readonly string[]
}

export type SignOn = {
  readonly issuer: string
  readonly client: { readonly id: string; readonly secret: string }
  /** By login; change it as whoever keeps the groups does. */
  readonly members: Map<string, Member>
  /** Logout tokens that were sent and how they were answered. */
  readonly told: number[]
  stop(): Promise<void>
}

type Asked = {
  readonly members: Readonly<Record<string, Member>>
  /** Ours: where answers and logout tokens go. */
  readonly redirectUri: string
  readonly logoutUri?: string
  readonly afterLogout?: string
}

const client = { id: 'xinglin', secret: 'Juniper-and-Linden-9' }

/** Listens on a free port of 127.0.0.1. */
export async function startSignOn(asked: Asked): Promise<SignOn> {
  const members = new Map(Object.entries(asked.members))
  const told: number[] = []
  const server = createServer()
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  const issuer = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const provider = new Provider(issuer, configurationOf(asked, { members, told }))
  const handle = provider.callback()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const page = /^\/interaction\/[\w-]+$/.test(request.url ?? '')
    if (page) void interact(provider, members, { request, response })
    else void handle(request, response)
  })
  return { issuer, client, members, told, stop: () => close(server) }
}

function configurationOf(
  { redirectUri, logoutUri, afterLogout }: Asked,
  { members, told }: { members: Map<string, Member>; told: number[] },
): Configuration {
  const loginOf = (subject: string) => [...members].find(([, member]) => member.subject === subject)
  return {
    clients: [
      {
        ...{ client_id: client.id, client_secret: client.secret, redirect_uris: [redirectUri] },
        ...(afterLogout ? { post_logout_redirect_uris: [afterLogout] } : {}),
        ...(logoutUri
          ? { backchannel_logout_uri: logoutUri, backchannel_logout_session_required: true }
          : {}),
      },
    ],
    scopes: ['openid', 'profile', 'groups'],
    claims: { openid: ['sub', 'sid'], profile: ['name', 'preferred_username'], groups: ['groups'] },
    // Groups come with the ID token, as Keycloak sends them.
    conformIdTokenClaims: false,
    cookies: { keys: ['only for tests'] },
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          ctx.body = `<!doctype html><title>Sign out</title>${form}<button form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button>`
        },
      },
    },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, subject) => {
      const [login, member] = loginOf(subject) ?? []
      if (!login || !member) return undefined
      const { name, groups } = member
      return {
        accountId: subject,
        claims: async () => ({ sub: subject, name, preferred_username: login, groups: [...groups] }),
      }
    },
    loadExistingGrant: async (ctx) => {
      const { session, client: asking, provider } = ctx.oidc
      if (!session?.accountId || !asking) return undefined
      const grant = new provider.Grant({ clientId: asking.clientId, accountId: session.accountId })
      grant.addOIDCScope('openid profile groups')
      await grant.save()
      return grant
    },
    // The library refuses private addresses; the platform of a test has no other.
    fetch: async (url, options) => {
      const { method, headers, body } = options ?? {}
      const answer = await fetch(url, { method, headers, body })
      if (String(url) === logoutUri) told.push(answer.status)
      return answer
    },
  }
}

async function interact(
  provider: Provider,
  members: ReadonlyMap<string, Member>,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  if (request.method !== 'POST') return page(response, '')
  const form = new URLSearchParams(await bodyOf(request))
  const member = members.get(form.get('login') ?? '')
  if (form.has('cancel')) return provider.interactionFinished(request, response, { error: 'access_denied' })
  if (!member || member.password !== form.get('password')) return page(response, 'Wrong name or password')
  return provider.interactionFinished(request, response, { login: { accountId: member.subject } })
}

function page(response: ServerResponse, says: string): void {
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.end(`<!doctype html><title>Hospital sign-on</title><h1>Hospital sign-on</h1><p role="alert">${says}</p>
<form method="post"><label>Name <input name="login"></label><label>Password <input name="password" type="password"></label>
<button>Sign in there</button><button name="cancel" value="1">Cancel</button></form>`)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function close(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((done) => server.close(() => done()))
}
