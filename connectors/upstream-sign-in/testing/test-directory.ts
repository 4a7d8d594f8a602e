/** What the tests ask of a directory, whichever server it is. */

export type TestDirectory = {
  /** Addresses without and with TLS. */
  readonly plain: string
  readonly secure: string
  set(dn: string, attribute: string, values: readonly string[]): Promise<void>
  remove(dn: string): Promise<void>
  stop(): Promise<void>
}
