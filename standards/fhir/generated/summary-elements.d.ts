// the type of summary-elements.js, written by hand beside it
/** Names of the elements (`value[x]` for a choice) of a type or backbone that a summary keeps. */
export const summaryElements: Readonly<Record<string, readonly string[]>>
