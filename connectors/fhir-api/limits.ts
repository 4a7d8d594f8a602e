/** Limits of the FHIR door, each with its reason. */

/** The largest of the Synthea samples has 875; a transaction holds its locks until the last entry is written. */
export const mostBundleEntries = 20_000
/** Answers of one page; a client that wants more follows the next link. */
export const mostPerPage = 1_000
/** Resources on a page where the client names no `_count`. */
export const usualPerPage = 50
/** Versions on a page of history where the client names no `_count`. */
export const historyPage = 50
/** Entries of a batch that are worked on at the same time: each holds a connection, and other doors need theirs. */
export const batchLanes = 4
/** Distinct conditional references of one transaction; each is a search. */
export const mostConditionalReferences = 2_000
