/** What an installation decides about subscriptions. */

export type SubscriptionSettings = {
  /** Address of the FHIR door as receivers see it, `https://host/fhir/R4`: references and fullUrls begin with it. */
  readonly baseUrl: string
  /** Private networks or addresses (`10.2.0.0/16`) that notifications may go to, there also by plain http. */
  readonly networks: readonly string[]
  /** Attempts in a row that may fail before a subscription goes to error. */
  readonly attempts: number
}
