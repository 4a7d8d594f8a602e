/** Address of the websocket: below the FHIR door, on the same host. */

/** Path on the web server. */
export const socketPath = '/fhir/R4/$subscriptions'

/** The address for a FHIR base, `wss://host/fhir/R4/$subscriptions`. */
export function socketUrl(baseUrl: string): string {
  const url = new URL(baseUrl)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.pathname = `${url.pathname.replace(/\/fhir\/R4$/, '')}${socketPath}`
  return url.toString()
}
