/** FHIR R4 §3.1.1.5: the parameters that choose no resource but order, page, widen and shape the answer. */

/** Names without modifier (`_include` stands for `_include:iterate` too). */
export const resultParameters: ReadonlySet<string> = new Set([
  '_sort',
  '_count',
  '_total',
  '_include',
  '_revinclude',
  '_summary',
  '_elements',
  '_contained',
  '_containedType',
  // http.html §3.1.0.1.9: of the door, not of search.
  '_format',
  '_pretty',
])
