/** Limits of a GraphQL request, each with its reason. */

/** A screen's question has some hundred characters; this is room for a whole chart. */
export const mostQueryCharacters = 64 * 1024
/** Names, braces and values of a query. */
export const mostTokens = 8_000
/** A resource, what it refers to, what that refers to, each a few elements deep. */
export const mostDepth = 25
/** Fields of the answer, counted for each item of a list. */
export const mostFields = 200_000
/** Resources read or found for one request. */
export const mostResources = 5_000
/** Items of a list where `_count` is not given. */
export const usualCount = 50
export const mostCount = 1_000
