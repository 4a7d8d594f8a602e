/** http.html §3.1.0.6.2: how much of a written resource the client wants back, and how strictly search is read. */

export type Preference = 'minimal' | 'representation' | 'OperationOutcome'

/** The `return` preference; undefined where none or an unknown one was sent. */
export function preferenceOf(prefer: string | undefined): Preference | undefined {
  const wanted = /(?:^|[,;\s])return\s*=\s*"?(minimal|representation|OperationOutcome)"?/.exec(
    prefer ?? '',
  )?.[1]
  return wanted as Preference | undefined
}

/** §3.1.0.6.2: `strict` where the client said nothing, since a search that ignores half of a question answers another one. */
export function handlingOf(prefer: string | undefined): 'strict' | 'lenient' {
  return /(?:^|[,;\s])handling\s*=\s*"?lenient"?/.test(prefer ?? '') ? 'lenient' : 'strict'
}

/** RFC 7240 §4.1: whether the client would rather ask again than wait. */
export function isAsyncPreferred(prefer: string | undefined): boolean {
  return /(?:^|[,;\s])respond-async(?:$|[,;\s])/.test(prefer ?? '')
}
