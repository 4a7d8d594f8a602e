/** http.html §3.1.0.6.2: how much of a written resource the client wants back, and how strictly search is read. */

export type Preference = 'minimal' | 'representation' | 'OperationOutcome'

/** The `return` preference; undefined where none or an unknown one was sent. */
export function preferenceOf(prefer: string | undefined): Preference | undefined {
  const wanted = /(?:^|[,;\s])return\s*=\s*"?(minimal|representation|OperationOutcome)"?/.exec(
    prefer ?? '',
  )?.[1]
  return wanted as Preference | undefined
}
