/** Address of the websocket on the web server. */
export const socketPath = '/fhir/R4/$subscriptions'
