/** What a document cannot be read for; the words name no content of it. */

export type CdaFailure = 'not-xml' | 'document-type' | 'encoding' | 'too-large' | 'too-deep' | 'no-document'

/** Thrown where the text is no CDA document at all; what is wrong inside one is a finding. */
export class CdaError extends Error {
  readonly failure: CdaFailure
  /** From 1; 0 where the fault is in no line. */
  readonly line: number

  constructor(failure: CdaFailure, message: string, line = 0) {
    super(line > 0 ? `${message} (line ${line})` : message)
    this.name = 'CdaError'
    this.failure = failure
    this.line = line
  }
}
