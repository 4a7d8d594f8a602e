/** An access token by client credentials (RFC 6749 §4.4): what a tool shows at the platform's doors. */

export type Token = { readonly value: string; readonly lifeMs: number }

/** Asks for a token by the client's id and secret (RFC 6749 §2.3.1); throws where the platform refuses it. */
export async function fetchToken(
  baseUrl: string,
  client: { readonly id: string; readonly secret: string },
): Promise<Token> {
  const basic = Buffer.from(`${client.id}:${client.secret}`).toString('base64')
  const answer = await fetch(`${baseUrl}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  })
  if (!answer.ok)
    throw new Error(`the platform refused a token: HTTP ${answer.status} ${await answer.text()}`)
  const grant = (await answer.json()) as { access_token: string; expires_in: number }
  return { value: grant.access_token, lifeMs: grant.expires_in * 1000 }
}
